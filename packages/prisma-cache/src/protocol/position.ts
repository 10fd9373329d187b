/**
 * A place in the write-ahead log of a Postgres: 8 hex digits of its timeline, then 16 of the byte. What is said here of
 * "at or past" holds for servers of one cluster only.
 */
export type Position = string

const PATTERN = /^[0-9a-f]{24}$/

/** @param lsn as Postgres writes it: `16/B374D848` */
export function positionOf(timeline: string | null, lsn: string | null): Position | undefined {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn ?? '') ?? []
  if (!high || !low || !/^[0-9A-F]{8}$/i.test(timeline ?? '')) return undefined
  return `${timeline}${high.padStart(8, '0')}${low.padStart(8, '0')}`.toLowerCase()
}

export function isPosition(text: unknown): text is Position {
  return typeof text === 'string' && PATTERN.test(text)
}

/**
 * Has a server that is at `position` everything that was written up to `marker`? A byte of one timeline says nothing of
 * another one's: who is on an older timeline has not followed a promotion, and may hold something else at that byte.
 */
export function isAtOrPast(position: Position, marker: Position): boolean {
  return position.slice(0, 8) >= marker.slice(0, 8) && position.slice(8) >= marker.slice(8)
}

/** What is at or past the result is at or past both. */
export function joinPositions(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (!one || !other) return one ?? other
  return later(one.slice(0, 8), other.slice(0, 8)) + later(one.slice(8), other.slice(8))
}

function later(one: string, other: string): string {
  return one >= other ? one : other
}

/** As Postgres writes it, behind the timeline: `1:16/B374D848`. */
export function showPosition(position: Position): string {
  const [timeline, high, low] = [position.slice(0, 8), position.slice(8, 16), position.slice(16)].map((hex) =>
    Number.parseInt(hex, 16),
  )
  return `${timeline}:${high!.toString(16).toUpperCase()}/${low!.toString(16).toUpperCase()}`
}
