import type { DurationText } from '../grammar/duration.js'
import type { StrategyWord } from '../grammar/strategies.js'
import type { ConsistencyClass } from './policy-set.js'

export interface ReadingOptions {
  /** How long an entry is served. Default `5m`. */
  readonly ttl?: DurationText | 'auto'
  /** Default `session`. */
  readonly consistency?: ConsistencyClass
  /** How a read uses the cache. Default `readThrough`. */
  readonly read?: 'readThrough' | 'none' | `refreshAhead(${number})` | `staleWhileRevalidate(${DurationText})`
  /** A copy in the process, dropped by push. Default `off`; `on` is `{ max: 10000, ttl: '30s' }`. */
  readonly near?: 'off' | 'on' | { readonly max?: number; readonly ttl?: DurationText }
  /** How long "no such row" is believed. Default `1s`. */
  readonly negativeTtl?: DurationText
  /** Fields whose equality narrows an invalidation. Default: those of uniques, foreign keys and indexes. */
  readonly narrowBy?: readonly string[]
  /** Models whose writes change what is read of this one. Default none. */
  readonly dependsOn?: readonly string[]
}

export interface CachingOptions extends ReadingOptions {
  /** What a write does while Redis is down. Default `bypass`, with `strong` `reject`. */
  readonly onCacheDown?: 'bypass' | 'reject'
}

export interface WriteBehindOptions extends ReadingOptions {
  /** `strong` is refused: a write-behind write is answered before it is in Postgres. */
  readonly consistency?: Exclude<ConsistencyClass, 'strong'>
  /** From the first accepted write of a window to its flush. Default `250ms`. */
  readonly flushEvery?: DurationText
  /** Rows in one batch at most. Default 500. */
  readonly maxBatch?: number
  /** What an accepted write has survived before the caller gets its answer. Default `fsync`. */
  readonly durability?: 'memory' | 'fsync' | `replicated(${number})`
  /** A write is accepted only where Redis is; `bypass` is refused. */
  readonly onCacheDown?: 'reject'
  /** Rows with a change that is not applied, from which on `onFull` decides. Default 100000. */
  readonly maxPending?: number
  /** Default `block`. */
  readonly onFull?: 'block' | 'writeThrough' | 'reject'
  /** `writeThrough` for an id that only the database can make. Default `accept`. */
  readonly creates?: 'accept' | 'writeThrough'
  /** `delta` commutes with other writers and is applied exactly once; `absolute` overwrites. Default `delta`. */
  readonly increments?: 'delta' | 'absolute'
}

/** A policy in the words of its author; `definePolicies` checks it and fills in the defaults. */
export interface PolicyDraft {
  readonly strategy: StrategyWord
  readonly arguments: Readonly<Record<string, unknown>>
}

/** Postgres first, then the row lands in the cache before the caller gets the answer. */
export const writeThrough = (options: CachingOptions = {}): PolicyDraft => draft('writeThrough', options)

/** Accepted into Redis, answered, flushed to Postgres later in batches. */
export const writeBehind = (options: WriteBehindOptions = {}): PolicyDraft => draft('writeBehind', options)

/** Postgres only; what was cached of that row dies. */
export const writeAround = (options: CachingOptions = {}): PolicyDraft => draft('writeAround', options)

/** Postgres, then everything that depended on it dies. */
export const invalidate = (options: CachingOptions = {}): PolicyDraft => draft('invalidate', options)

/** Never cached. */
export const none = (): PolicyDraft => draft('none', {})

function draft(strategy: StrategyWord, options: object): PolicyDraft {
  return Object.freeze({ strategy, arguments: Object.freeze({ ...options }) })
}
