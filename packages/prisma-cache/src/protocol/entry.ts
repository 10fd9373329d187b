/**
 * The text of an entry: a head of one line, then what was stored.
 *
 * The head is the stamps and, behind a `;`, the milliseconds that Redis was told to keep the entry. Stamps are the epoch
 * and the version of each tag in the order of the plan, as they stood before the load; an entry is served only while
 * they are equal to the current ones. The milliseconds tell the age of the entry, by the clock of Redis alone: what it
 * was given, less what remains of it.
 */
export interface Stamps {
  readonly epoch: string
  readonly versions: readonly string[]
}

export interface OpenEntry {
  readonly text: string
  /** Milliseconds that Redis was told to keep it. */
  readonly lifeMs: number
}

export function stampLine(stamps: Stamps): string {
  return `${stamps.epoch},${stamps.versions.join(',')}`
}

/** What stands between the stamps and what was stored. */
export function headEnd(lifeMs: number): string {
  return `;${lifeMs}\n`
}

/** What is stored, when `entry` bears exactly these stamps, else undefined. */
export function openEntry(entry: string, line: string): OpenEntry | undefined {
  if (entry[line.length] !== ';' || !entry.startsWith(line)) return undefined
  const end = entry.indexOf('\n', line.length)
  const lifeMs = Number(entry.slice(line.length + 1, end))
  return end > 0 && lifeMs > 0 ? { text: entry.slice(end + 1), lifeMs } : undefined
}

/**
 * What stands in an entry's place while somebody loads it under these stamps. No epoch begins with `?` or `!`, so no
 * reader takes a mark for an entry.
 */
export function leaseMark(holder: string, line: string): string {
  return `?${holder}\n${line}`
}

/** For as long as a lease: what was loaded under these stamps cannot be kept, so nobody should wait for it. */
export function unkeptMark(line: string): string {
  return `!\n${line}`
}

export type Mark = 'loading' | 'unkept'

/** Under other stamps a mark says nothing: what is loaded under it comes too late. */
export function openMark(entry: string, line: string): Mark | undefined {
  if (entry[0] !== '?' && entry[0] !== '!') return undefined
  if (entry.slice(entry.indexOf('\n') + 1) !== line) return undefined
  return entry[0] === '?' ? 'loading' : 'unkept'
}

/** The text before and after the row's own version, which only the server knows at publish. A row depends on (row, wide). */
export function rowEntryAround(
  epoch: string,
  wideVersion: string,
  lifeMs: number,
  body: string,
): { before: string; after: string } {
  return { before: `${epoch},`, after: `,${wideVersion}${headEnd(lifeMs)}${body}` }
}
