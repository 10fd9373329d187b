/**
 * How long a value may be served of which nobody says when it changes (`ttl: auto`): from what was seen of it, and
 * nothing else. No clock is asked here; every interval is told.
 */

/** So many changes in so much time of watching. What is older counts for less in both. */
export interface Evidence {
  readonly changes: number
  readonly ms: number
}

/** Between two looks at a value: was it another at the second? */
export interface Interval {
  readonly ms: number
  readonly changed: boolean
}

/** The chance at most that an answer is stale when it is served last, just before its ttl. */
export const STALE_BOUND = 0.01
/** Of what nothing is known of: a ttl of one second. */
const UNKNOWN_TTL_MS = 1000
/** With less than this a value is not worth caching: it is watched, and cached again when it has calmed down. */
export const LEAST_TTL_MS = 50
/** However long nothing was seen to change. */
export const MOST_TTL_MS = 3_600_000
/** Time of watching counts for 1/e after so long. */
const MEMORY_MS = 24 * 3_600_000
/** Changes that one may always have missed. */
const DOUBT = 0.5

/** Before anything was seen of a value whose like changes at this rate: watched for half as long as one of them takes. */
export function expecting(changesPerMs: number): Evidence {
  return { changes: 0, ms: DOUBT / changesPerMs }
}

export const UNKNOWN: Evidence = expecting(-Math.log(1 - STALE_BOUND) / UNKNOWN_TTL_MS)

/** Changes a millisecond; never none. */
export function rateOf({ changes, ms }: Evidence): number {
  return (changes + DOUBT) / ms
}

/**
 * @param kept what remains of older evidence at a change: half of it for one value, whose pace may have become another;
 * more for many values together, of which now and then one changes
 */
export function observe(evidence: Evidence, { ms, changed }: Interval, kept = 0.5): Evidence {
  const fading = Math.exp(-ms / MEMORY_MS)
  const older = { changes: evidence.changes * fading, ms: evidence.ms * fading }
  const watched = MEMORY_MS * (1 - fading)
  if (!changed) return { changes: older.changes, ms: older.ms + watched }
  return { changes: older.changes * kept + hidden(rateOf(evidence) * ms), ms: older.ms * kept + watched }
}

/** Of an interval that ended with another value: how many changes are to be expected in it, where that many would be. */
function hidden(expected: number): number {
  return expected < 1e-9 ? 1 : expected / (1 - Math.exp(-expected))
}

/** Milliseconds; 0 where the value is not to be cached. */
export function ttlFor(evidence: Evidence): number {
  const ttlMs = Math.floor(-Math.log(1 - STALE_BOUND) / rateOf(evidence))
  return ttlMs < LEAST_TTL_MS ? 0 : Math.min(ttlMs, MOST_TTL_MS)
}
