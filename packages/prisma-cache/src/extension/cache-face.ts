import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { EventName, Listener } from '../events/events.js'
import type { Stats } from '../events/stats.js'
import type { ModelOperation } from '../planner/operations.js'
import type { PendingStock } from '../queue/flusher.js'
import type { Explanation } from './explain.js'

/** Names of the models of a policy set. */
export type ModelName<P extends PolicySet> = keyof P['models'] & string

/** One causal session: reads in it never come from before its writes, whichever process makes them. */
export interface Session {
  /** What this session must not read behind, as an opaque text for a header or a cookie. */
  token(): string
  /** Has it written nothing yet, nor been resumed from one that has? Its token says nothing then. */
  isEmpty(): boolean
}

export interface SessionFunction {
  /** Runs `fn` as a causal session, by async scope: calls on any client of this extension inside it belong to it. */
  <R>(fn: (session: Session) => R): R
  /**
   * Goes on with a session that began elsewhere, maybe in another process.
   * @throws PrismaCacheError PC1201 for a token that is cut, foreign, forged or of another version; PC1202 for one that
   * is older than `tokenLife`
   */
  resume<R>(token: string, fn: (session: Session) => R): R
}

/** Everything a person asks of the cache. */
export interface CacheFace<P extends PolicySet> {
  readonly session: SessionFunction
  /**
   * Resolves when every write accepted before the call, of one row, of one model or of all, is in Postgres. `where` as in
   * `findUnique`, by the primary key; what was rejected of other rows is then told to others.
   * @throws FlushRejectedError (PC1303) with the writes that Postgres refused meanwhile
   * @throws PrismaCacheError PC1302 when it did not get there in time
   */
  flush(model?: ModelName<P>, where?: Readonly<Record<string, unknown>>): Promise<void>
  /** Rows accepted and not yet in Postgres, and how fast they get there, for one model or for each write-behind model. */
  pending(model?: ModelName<P>): Promise<Readonly<Record<string, PendingStock>>>
  /** Where the row with this primary key stands. `where` as in `findUnique`. */
  status(model: ModelName<P>, where: Readonly<Record<string, unknown>>): Promise<'clean' | 'pending' | 'rejected'>
  /** Drops what is cached of one row, or of a whole model, whoever changed it. */
  invalidate(model: ModelName<P>, where?: Readonly<Record<string, unknown>>): Promise<void>
  /** Drops everything that is cached, of every model. What is pending stays. */
  clear(): Promise<void>
  /**
   * What the policy says of an operation, what its answer depends on or what it touches, and where the answer would come
   * from now and why. Asks Redis, never the database.
   *
   * @example await prisma.$cache.explain('Account', 'findUnique', { where: { id } })
   */
  explain(model: ModelName<P>, operation: ModelOperation, args?: unknown): Promise<Explanation>
  /** Declares which models the raw SQL inside `fn` writes; an empty list declares that it only reads. */
  writes<R>(models: readonly ModelName<P>[], fn: () => R): R
  /** Counters since this client was extended. */
  stats(): Stats
  /** Listens to typed events. @returns a function that ends the listening */
  on<N extends EventName>(event: N, listener: Listener<N>): () => void
}
