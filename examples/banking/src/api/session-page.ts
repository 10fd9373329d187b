/** What a person is told of an accepted write: it is safe, and where it is. */
const TOLD = {
  clean: 'Recorded.',
  pending: 'Saved, being recorded.',
  rejected: 'Could not be recorded. What you see is what stood before.',
} as const

export type RowStatus = keyof typeof TOLD

/** A page about a login session: what it holds, and whether that is in the database yet. Looks again while it is not. */
export function sessionPage(session: { readonly hits: number } | null, status: RowStatus): string {
  const again = status === 'pending' ? '<meta http-equiv="refresh" content="1">' : ''
  const what = session === null ? 'No such session' : `Your session, after ${session.hits} calls`
  return `<!doctype html><html lang="en"><head><title>${what}</title>${again}</head>
<body><h1>${what}</h1><p role="status">${TOLD[status]}</p></body></html>
`
}
