import { isRead } from '../operation.js'
import type { CachedClient } from './client.js'
import { howOf } from './outcome.js'
import type { Performed } from './perform.js'

/** What the cached clients did, summed over them. */
export interface Counts {
  hits: number
  nearHits: number
  misses: number
  accepts: number
  conflicts: number
  puts: number
  /** Calls of the plain client that write, and raw SQL. */
  writes: number
  /** Sent to Redis by clients and worker. */
  commands: number
  /** Calls of the plain client that failed, by code. */
  errors: Record<string, number>
  bypasses: Record<string, number>
  direct: Record<string, number>
}

export const noCounts = (): Counts => ({
  hits: 0,
  nearHits: 0,
  misses: 0,
  accepts: 0,
  conflicts: 0,
  puts: 0,
  writes: 0,
  commands: 0,
  errors: {},
  bypasses: {},
  direct: {},
})

export const bypassed = (counts: Counts): number => Object.values(counts.bypasses).reduce((sum, n) => sum + n, 0)

/** Counts reasons as they are told; the rest is in `$cache.stats()`. */
export function countReasons(client: CachedClient, counts: Counts): void {
  client.$cache.on('bypass', ({ reason }) => {
    counts.bypasses[reason] = (counts.bypasses[reason] ?? 0) + 1
  })
  client.$cache.on('direct', ({ reason }) => {
    counts.direct[reason] = (counts.direct[reason] ?? 0) + 1
  })
}

export function countPerformed(performed: readonly Performed[], counts: Counts): void {
  for (const { about, outcome } of performed) {
    if (about && (about.kind === 'raw' || !isRead(about))) counts.writes++
    if (about && outcome.kind === 'error') counts.errors[howOf(outcome)] = (counts.errors[howOf(outcome)] ?? 0) + 1
  }
}

export function addStats(client: CachedClient, counts: Counts): void {
  const { models, puts } = client.$cache.stats()
  counts.puts += puts
  for (const model of Object.values(models)) {
    counts.hits += model.hits
    counts.nearHits += model.nearHits
    counts.misses += model.misses
    counts.accepts += model.accepts
    counts.conflicts += model.conflicts
  }
}

export function addCounts(to: Counts, from: Counts): void {
  for (const name of ['hits', 'nearHits', 'misses', 'accepts', 'conflicts', 'puts', 'writes', 'commands'] as const)
    to[name] += from[name]
  for (const name of ['bypasses', 'direct', 'errors'] as const) {
    for (const [reason, n] of Object.entries(from[name])) to[name][reason] = (to[name][reason] ?? 0) + n
  }
}
