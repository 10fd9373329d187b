import type { DurationText } from '../grammar/duration.js'
import type { StrategyWord } from '../grammar/strategies.js'
import type { ConsistencyClass } from './policy-set.js'

export interface CachingOptions {
  /** How long an entry is served. Default `5m`. */
  readonly ttl?: DurationText
  /** Default `session`. */
  readonly consistency?: ConsistencyClass
}

export interface WriteBehindOptions extends CachingOptions {
  /** `strong` is refused: a write-behind write is answered before it is in Postgres. */
  readonly consistency?: Exclude<ConsistencyClass, 'strong'>
  /** From the first accepted write of a window to its flush. Default `250ms`. */
  readonly flushEvery?: DurationText
  /** Rows in one batch at most. Default 500. */
  readonly maxBatch?: number
  /** What an accepted write has survived before the caller gets its answer. Default `fsync`. */
  readonly durability?: 'memory' | 'fsync' | `replicated(${number})`
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
