/** A change of a text; offsets are into the text before any change. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Every byte outside of the edits stays as it is. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => a.start - b.start || a.order - b.order)
  let result = ''
  let at = 0
  for (const edit of ordered) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** The line break in use before an offset, or else anywhere: what is added there looks like what stands there. */
export function lineBreakAt(text: string, offset: number): string {
  const breaks = /\r\n|\n|\r/g
  let found: string | undefined
  for (const match of text.matchAll(breaks)) {
    if (found !== undefined && match.index >= offset) break
    found = match[0]
  }
  return found ?? '\n'
}
