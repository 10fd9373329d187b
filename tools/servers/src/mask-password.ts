/** A connection URL that can be shown: its password is replaced by `***`. A text that is no URL is not repeated. */
export function maskPassword(url: string): string {
  if (!URL.canParse(url)) return 'which is no URL'
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***')
  return shown.href
}
