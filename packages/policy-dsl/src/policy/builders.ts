import type { DurationText, WholeDuration } from '../grammar/duration.js'
import type { StrategyWord } from '../grammar/strategies.js'
import type { ConsistencyClass } from './policy-set.js'

/** What the annotations of fields say; each that is given replaces the schema's. */
export interface FieldOptions<
  Field extends string = string,
  Version extends string = string,
  Scope extends string = string,
> {
  /** The field that orders the versions of a row: an `Int` or `BigInt` that is never null. */
  readonly version?: Version
  /** Fields that never leave Postgres. */
  readonly omit?: readonly Field[]
  /** Fields of which a read must pin every one to be cached; none of them is ever null. */
  readonly scope?: readonly Scope[]
}

/** How a read uses the cache, where that is not a word of its own. */
export type ReadText = 'readThrough' | 'none' | `refreshAhead(${number})` | `staleWhileRevalidate(${DurationText})`

/** `never` for a literal that no run would take. */
export type WholeRead<R extends string> = R extends `${string}(-${string}` | `staleWhileRevalidate(${string}.${string}`
  ? never
  : R

/** A copy in the process may be older than the last write: no `strong` read may take it. */
type NearOf<C extends ConsistencyClass> = [C] extends [never] ? unknown : [C] extends ['strong'] ? 'off' : unknown

/** `D`, `R` and `C` are the durations, the way to read and the class that are given, so that the compiler can look into them. */
export interface ReadingOptions<
  Field extends string = string,
  Model extends string = string,
  Version extends string = string,
  Scope extends string = string,
  D extends DurationText = DurationText,
  R extends ReadText = ReadText,
  C extends ConsistencyClass = ConsistencyClass,
> extends FieldOptions<Field, Version, Scope> {
  /** How long an entry is served. Default `5m`. */
  readonly ttl?: (D & WholeDuration<D>) | 'auto'
  /** Default `session`. */
  readonly consistency?: C
  /** How a read uses the cache. Default `readThrough`. */
  readonly read?: R & WholeRead<R>
  /** A copy in the process, dropped by push. Default `off`; `on` is `{ max: 10000, ttl: '30s' }`. */
  readonly near?: ('off' | 'on' | { readonly max?: number; readonly ttl?: D & WholeDuration<D> }) & NearOf<C>
  /** How long "no such row" is believed. Default `1s`. */
  readonly negativeTtl?: D & WholeDuration<D>
  /** Fields whose equality narrows an invalidation. Default: those of uniques, foreign keys and indexes. */
  readonly narrowBy?: 'auto' | readonly Field[]
  /**
   * `read`: a list or count that names its columns is left alone by updates that set none of them. For tables of which
   * nothing but the data of writes decides what a column holds, and nothing but its `where` which rows a question sees.
   * Default `all`.
   */
  readonly columns?: 'all' | 'read'
  /** Models whose writes change what is read of this one. Default none. */
  readonly dependsOn?: readonly Model[]
}

export interface CachingOptions<
  Field extends string = string,
  Model extends string = string,
  Version extends string = string,
  Scope extends string = string,
  D extends DurationText = DurationText,
  R extends ReadText = ReadText,
  C extends ConsistencyClass = ConsistencyClass,
> extends ReadingOptions<Field, Model, Version, Scope, D, R, C> {
  /** What a write does while Redis is down. Default `bypass`, with `strong` `reject`. */
  readonly onCacheDown?: 'bypass' | 'reject'
}

export interface WriteBehindOptions<
  Field extends string = string,
  Model extends string = string,
  Version extends string = string,
  Scope extends string = string,
  D extends DurationText = DurationText,
  R extends ReadText = ReadText,
  C extends ConsistencyClass = ConsistencyClass,
> extends ReadingOptions<Field, Model, Version, Scope, D, R, C> {
  /** `strong` is refused: a write-behind write is answered before it is in Postgres. */
  readonly consistency?: C & Exclude<ConsistencyClass, 'strong'>
  /** From the first accepted write of a window to its flush. Default `250ms`. */
  readonly flushEvery?: D & WholeDuration<D>
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

/** A policy in the words of its author, and the names that it uses; `definePolicies` checks it and fills in the defaults. */
export interface PolicyDraft<
  Field extends string = string,
  Model extends string = string,
  Version extends string = string,
  Scope extends string = string,
> {
  readonly strategy: StrategyWord
  readonly arguments: Readonly<Record<string, unknown>> & Names<Field, Model, Version, Scope>
}

type Names<Field extends string, Model extends string, Version extends string, Scope extends string> = FieldOptions<
  Field,
  Version,
  Scope
> &
  Pick<ReadingOptions<Field, Model>, 'narrowBy' | 'dependsOn'>

/** Postgres first, then the row lands in the cache before the caller gets the answer. */
export function writeThrough<
  const Field extends string = never,
  const Model extends string = never,
  const Version extends string = never,
  const Scope extends string = never,
  const D extends DurationText = never,
  const R extends ReadText = never,
  const C extends ConsistencyClass = never,
>(options: CachingOptions<Field, Model, Version, Scope, D, R, C> = {}): PolicyDraft<Field, Model, Version, Scope> {
  return draft('writeThrough', options)
}

/** Accepted into Redis, answered, flushed to Postgres later in batches. */
export function writeBehind<
  const Field extends string = never,
  const Model extends string = never,
  const Version extends string = never,
  const Scope extends string = never,
  const D extends DurationText = never,
  const R extends ReadText = never,
  const C extends ConsistencyClass = never,
>(options: WriteBehindOptions<Field, Model, Version, Scope, D, R, C> = {}): PolicyDraft<Field, Model, Version, Scope> {
  return draft('writeBehind', options)
}

/** Postgres only; what was cached of that row dies. */
export function writeAround<
  const Field extends string = never,
  const Model extends string = never,
  const Version extends string = never,
  const Scope extends string = never,
  const D extends DurationText = never,
  const R extends ReadText = never,
  const C extends ConsistencyClass = never,
>(options: CachingOptions<Field, Model, Version, Scope, D, R, C> = {}): PolicyDraft<Field, Model, Version, Scope> {
  return draft('writeAround', options)
}

/** Postgres, then everything that depended on it dies. */
export function invalidate<
  const Field extends string = never,
  const Model extends string = never,
  const Version extends string = never,
  const Scope extends string = never,
  const D extends DurationText = never,
  const R extends ReadText = never,
  const C extends ConsistencyClass = never,
>(options: CachingOptions<Field, Model, Version, Scope, D, R, C> = {}): PolicyDraft<Field, Model, Version, Scope> {
  return draft('invalidate', options)
}

/** Never cached; what its fields say still counts where results of other models include it. */
export function none<
  const Field extends string = never,
  const Version extends string = never,
  const Scope extends string = never,
>(options: FieldOptions<Field, Version, Scope> = {}): PolicyDraft<Field, never, Version, Scope> {
  return draft('none', options)
}

function draft<Field extends string, Model extends string, Version extends string, Scope extends string>(
  strategy: StrategyWord,
  options: Names<Field, Model, Version, Scope>,
): PolicyDraft<Field, Model, Version, Scope> {
  return Object.freeze({ strategy, arguments: Object.freeze({ ...options }) })
}
