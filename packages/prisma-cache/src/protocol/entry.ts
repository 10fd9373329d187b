import { crc32 } from 'node:zlib'

/**
 * The text of an entry: a head of one line, then what was stored.
 *
 * The head is the stamps and, each behind a `;`, the milliseconds that Redis was told to keep the entry, and a sum over
 * what was stored. Stamps are the epoch and the version of each tag in the order of the plan, as they stood before the
 * load; an entry is served only while they are equal to the current ones. The milliseconds tell the age of the entry, by
 * the clock of Redis alone: what it was given, less what remains of it. The sum tells bytes that nobody here has written.
 * Where its ttl is learned, what was learned follows.
 */
export interface Stamps {
  readonly epoch: string
  readonly versions: readonly string[]
}

export interface OpenEntry {
  readonly text: string
  /** Milliseconds that Redis was told to keep it. */
  readonly lifeMs: number
  readonly learned: Learned | undefined
}

/** Of an entry whose ttl is learned: the ttl, and what it was learned from, which so is shared by all processes. */
export interface Learned {
  readonly ttlMs: number
  readonly changes: number
  readonly ms: number
}

export function stampLine(stamps: Stamps): string {
  return `${stamps.epoch},${stamps.versions.join(',')}`
}

/** What stands between the stamps and what was stored. */
export function headEnd(lifeMs: number, text: string, learned?: Learned): string {
  const head = `;${lifeMs};${sumOf(text)}`
  if (!learned) return `${head}\n`
  return `${head};${learned.ttlMs};${learned.changes.toFixed(3)};${Math.round(learned.ms)}\n`
}

/** Stands for what was stored where its sum is another: no answer is written so. */
const DAMAGED = ''

const sumOf = (text: string) => crc32(text).toString(36)

/** What was learned of an entry, also of one whose versions were replaced. */
export function learnedOf(entry: string): Learned | undefined {
  const end = entry.indexOf('\n')
  const [, , , ttlMs, changes, ms] = entry.slice(0, end).split(';')
  if (ms === undefined) return undefined
  const learned = { ttlMs: Number(ttlMs), changes: Number(changes), ms: Number(ms) }
  return learned.ttlMs >= 0 && learned.changes >= 0 && learned.ms > 0 ? learned : undefined
}

/** What is stored, when `entry` bears exactly these stamps, else undefined. */
export function openEntry(entry: string, line: string): OpenEntry | undefined {
  if (entry[line.length] !== ';' || !entry.startsWith(line)) return undefined
  const end = entry.indexOf('\n', line.length)
  const [life, sum, ttlMs] = entry.slice(line.length + 1, end).split(';')
  const lifeMs = Number(life)
  if (end < 0 || !(lifeMs > 0)) return undefined
  const text = entry.slice(end + 1)
  return {
    text: sum === sumOf(text) ? text : DAMAGED,
    lifeMs,
    learned: ttlMs === undefined ? undefined : learnedOf(entry),
  }
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
  return { before: `${epoch},`, after: `,${wideVersion}${headEnd(lifeMs, body)}${body}` }
}
