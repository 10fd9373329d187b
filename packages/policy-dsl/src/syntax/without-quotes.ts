/** The text of a string without its quotes, whichever it has; a word as it is. */
export function withoutQuotes(text: string): string {
  return text.replace(/^["']|["']$/g, '')
}
