import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { EventBus, Events } from '../events/events.js'
import type { RejectedChange } from '../queue/change.js'
import type { FlushDatabase } from '../queue/ledger.js'
import type { RedisOption } from '../store/connection.js'
import type { FlushFailure } from './process-job.js'

export interface FlushWorkerOptions {
  /** A plain Prisma client, without the cache extension: the worker writes what was cached. Borrowed. */
  readonly prisma: FlushDatabase
  readonly policies: PolicySet
  /**
   * How batches are written. `sql` (default): by Postgres' own statements, one for all rows of a shape. `prisma`: by calls of
   * Prisma alone, one a row, the ledger's included.
   */
  readonly road?: 'sql' | 'prisma'
  /** A URL, or an ioredis client, of which the worker makes connections of its own. */
  readonly redis: RedisOption
  /** The same as the clients'. Default `pc`. */
  readonly namespace?: string
  /** Shards that are flushed at the same time. Default 8; no more than the Prisma client has connections. */
  readonly concurrency?: number
  /** Milliseconds between two looks for shards that nobody scheduled. Default 5000. */
  readonly sweepEveryMs?: number
  /**
   * Milliseconds after which another worker has taken over the shards of one that died, or that stands still. Default
   * 6000. A short time costs more renewals, and a worker that is only slow is taken for dead: that is work done twice, and
   * nothing else, since the ledger lets one of them through.
   */
  readonly takeoverMs?: number
  /** Milliseconds that one batch's transaction may take. Default 60000. */
  readonly transactionTimeoutMs?: number
  /** Milliseconds that Redis may take to make a sealed batch durable. Default 5000. */
  readonly durableWithinMs?: number
  /** Postgres schema of models that name none, where the connection's search path does not lead to it. */
  readonly schema?: string
  /**
   * Do clients read from replicas (their option `replicas`)? Then the primary's position is recorded with what a flush has
   * written, so that they need not ask. Default false: each costs a small statement and a command a row.
   */
  readonly recordPositions?: boolean
  /** Called for each write that Postgres refused, after it was put aside. */
  readonly onRejected?: (rejected: RejectedChange) => void
  /** The same as the clients' `lease`: a new cache epoch holds back puts for as long as their fences may last. */
  readonly lease?: number
  /**
   * Called for each model of which accepted writes may be lost, because Redis came back without its queue. Default: a
   * process warning.
   */
  readonly onLost?: (lost: Events['lost']) => void
  /** Called for each attempt that failed. Nothing is lost by it: the shard is tried again. */
  readonly onError?: (error: unknown, at?: FlushFailure) => void
  readonly events?: EventBus
}
