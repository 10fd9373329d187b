/**
 * The text of an entry: a first line of stamps, then what was stored.
 *
 * Stamps are the epoch and the version of each tag in the order of the plan, as they stood before the load. An entry
 * is served only while the line is equal to the line made of the current ones.
 */
export interface Stamps {
  readonly epoch: string
  readonly versions: readonly string[]
}

export function stampLine(stamps: Stamps): string {
  return `${stamps.epoch},${stamps.versions.join(',')}`
}

/** The stored text when `entry` bears exactly these stamps, else undefined. */
export function openEntry(entry: string, line: string): string | undefined {
  return entry.length > line.length && entry[line.length] === '\n' && entry.startsWith(line)
    ? entry.slice(line.length + 1)
    : undefined
}

/** The text before and after the row's own version, which only the server knows at publish. A row depends on (row, wide). */
export function rowEntryAround(epoch: string, wideVersion: string, body: string): { before: string; after: string } {
  return { before: `${epoch},`, after: `,${wideVersion}\n${body}` }
}
