import { isAtOrPast, type Position } from '../protocol/position.js'
import { PRIMARY_FLUSH, PRIMARY_STATE, readPrimary, type SqlClient } from './server-state.js'
import { shared, within } from './shared.js'

/** How far the primary is. Asked once for all who want to know at a time; none of this rejects. */
export interface Primary {
  /** Of a moment after the call: past every commit that was answered before it. Undefined: it could not be told. */
  now(): Promise<Position | undefined>
  /** Of a moment at most `ms` ago: of those that are known the first, which asks least of a replica. */
  within(ms: number): Promise<Position | undefined>
  /** For how many ms at most what is at `position` may be out of date; undefined: nobody can say. */
  ageOf(position: Position): number | undefined
  /** Of the cluster and the database, once it has answered. */
  identity(): string | undefined
  /** Somebody waits for a replica: what the primary has written without sending it is sent. */
  flush(): void
}

interface Sample {
  /** By `performance.now()`, of before it was asked. */
  readonly at: number
  readonly position: Position
}

const ANSWERS_WITHIN_MS = 1000
/** So many moments are remembered, the older ones further apart: by them the age of what a replica shows is told. */
const KEPT = 256
const APART_MS = 20
const FLUSH_EVERY_MS = 100

export function createPrimary(client: SqlClient): Primary {
  const samples: Sample[] = []
  let identity: string | undefined
  let unflushed = false
  let flushedAt = -Infinity

  const now = shared(async () => {
    const at = performance.now()
    try {
      const asked = Promise.resolve(client.$queryRawUnsafe(PRIMARY_STATE))
      const state = readPrimary(await within(ANSWERS_WITHIN_MS, asked, 'the primary'))
      identity = state.identity
      unflushed = state.unflushed
      if (state.position) remember({ at, position: state.position })
      return state.position
    } catch {
      return undefined // who needs it goes to the primary himself, and hears from it what is wrong
    }
  })

  function remember(sample: Sample): void {
    const before = samples.at(-2)
    if (before && sample.at - before.at < APART_MS) samples.pop()
    samples.push(sample)
    if (samples.length > KEPT) thin()
  }

  function thin(): void {
    const newer = samples.splice(KEPT / 2)
    const older = samples.splice(0).filter((_, i) => i % 2 === 0)
    samples.push(...older, ...newer)
  }

  return {
    now,
    async within(ms) {
      const since = performance.now() - ms
      return samples.find(({ at }) => at >= since)?.position ?? (await now())
    },
    ageOf(position) {
      const shown = samples.findLast((sample) => isAtOrPast(position, sample.position))
      return shown && performance.now() - shown.at
    },
    identity: () => identity,
    flush() {
      if (!unflushed || performance.now() - flushedAt < FLUSH_EVERY_MS) return
      flushedAt = performance.now()
      Promise.resolve(client.$queryRawUnsafe(PRIMARY_FLUSH)).catch(() => {}) // the wait ends at its bound, then
    },
  }
}
