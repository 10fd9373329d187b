import type { EventName, Events } from '../events/events.js'

export type Labels = Readonly<Record<string, string>>

/** A count of events, told apart by labels. Names are those of Prometheus, without its suffix `_total`. */
export interface CounterOf<N extends EventName> {
  readonly name: string
  readonly help: string
  readonly event: N
  /** Undefined: this one is not counted. */
  labels(event: Events[N]): Labels | undefined
  /** How many it stands for. Default: one. */
  by?(event: Events[N]): number
}

const counter = <N extends EventName>(one: CounterOf<N>) => one as unknown as CounterOf<EventName>

/** No label holds a key, a row or a value: their number is bounded by the schema and by the words of this package. */
export const COUNTERS: readonly CounterOf<EventName>[] = [
  counter({
    name: 'prisma_cache_hits',
    help: 'Reads answered by the cache',
    event: 'hit',
    labels: ({ model, source, age }) => ({ model, source, age }),
  }),
  counter({
    name: 'prisma_cache_misses',
    help: 'Reads that the cache could not answer',
    event: 'miss',
    labels: ({ model, reason }) => ({ model, reason }),
  }),
  counter({
    name: 'prisma_cache_bypasses',
    help: 'Reads that did not use the cache',
    event: 'bypass',
    labels: ({ model, reason }) => ({ model, reason }),
  }),
  counter({
    name: 'prisma_cache_fills',
    help: 'Answers put into the cache by reads',
    event: 'fill',
    labels: ({ model }) => ({ model }),
  }),
  counter({
    name: 'prisma_cache_conflicts',
    help: 'Fills that met another value under the same versions: somebody has written past the cache',
    event: 'conflict',
    labels: ({ model }) => ({ model }),
  }),
  counter({
    name: 'prisma_cache_publishes',
    help: 'Committed writes that were published, and whether a row was put',
    event: 'publish',
    labels: ({ model, put }) => ({ model, put: String(put) }),
  }),
  counter({
    name: 'prisma_cache_unpublished',
    help: 'Committed writes whose publication has to be tried again',
    event: 'unpublished',
    labels: () => ({}),
  }),
  counter({
    name: 'prisma_cache_epochs',
    help: 'New epochs: everything cached before one is dead',
    event: 'epoch',
    labels: ({ cause }) => ({ cause }),
  }),
  counter({
    name: 'prisma_cache_accepts',
    help: 'Writes accepted into the queue',
    event: 'accept',
    labels: ({ model, operation }) => ({ model, operation }),
  }),
  counter({
    name: 'prisma_cache_direct_writes',
    help: 'Writes of write-behind models that went to the database at once',
    event: 'direct',
    labels: ({ model, operation }) => ({ model, operation }),
  }),
  counter({
    name: 'prisma_cache_stock_warnings',
    help: 'Times that pending rows came near the bound of their shard (filling), or reached it (full)',
    event: 'stock',
    labels: ({ model, state }) => ({ model, state }),
  }),
  counter({
    name: 'prisma_cache_flushed_rows',
    help: 'Rows whose changes this worker has flushed, rejected ones included',
    event: 'flush',
    labels: ({ model }) => ({ model }),
    by: ({ rows }) => rows,
  }),
  counter({
    name: 'prisma_cache_rejects',
    help: 'Accepted writes that the database refused, as this process has met them',
    event: 'reject',
    labels: ({ model }) => ({ model }),
  }),
  counter({
    name: 'prisma_cache_losses',
    help: 'Times that Redis came back without the queue of a model',
    event: 'lost',
    labels: ({ model }) => ({ model }),
  }),
]

export const FLUSH_SECONDS = {
  name: 'prisma_cache_flush_seconds',
  help: 'Duration of the flush of one batch',
  /** Upper bounds. */
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
} as const

/** What `pending()` tells of a model; see `PendingSummary`. */
export interface Stock {
  readonly count: number
  readonly oldestAgeMs: number
  readonly flushedPerSecond: number
  readonly rejectedKept: number
  readonly maxPending: number
}

export interface GaugeOf {
  readonly name: string
  readonly help: string
  value(stock: Stock): number
}

/** One value a model; the queue's own, so every process that is asked says the same. */
export const STOCK_GAUGES: readonly GaugeOf[] = [
  {
    name: 'prisma_cache_pending_rows',
    help: 'Rows with a change that is accepted and not applied',
    value: ({ count }) => count,
  },
  {
    name: 'prisma_cache_pending_rows_limit',
    help: 'maxPending of the policy',
    value: ({ maxPending }) => maxPending,
  },
  {
    name: 'prisma_cache_pending_oldest_seconds',
    help: 'Age of the oldest change that is not applied',
    value: ({ oldestAgeMs }) => oldestAgeMs / 1000,
  },
  {
    name: 'prisma_cache_drain_rows_per_second',
    help: 'Rows flushed a second by all workers, averaged over about half a minute',
    value: ({ flushedPerSecond }) => flushedPerSecond,
  },
  {
    name: 'prisma_cache_rejected_rows_kept',
    help: 'Rejected changes that wait for somebody to retry or drop them',
    value: ({ rejectedKept }) => rejectedKept,
  },
]

export const LINK_UP = {
  name: 'prisma_cache_link_up',
  help: 'Whether Redis is used: 1, or 0 while it cannot be reached; absent before the first operation',
} as const
