import type { Cluster, Redis } from 'ioredis'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { EventBus } from '../events/events.js'
import type { Keys } from '../protocol/keys.js'
import type { RejectedChange, SequenceMarks } from './change.js'
import { lowestPending, readFlushState } from './flush-state.js'
import type { Flusher } from './flusher.js'
import { createFlushJobs } from './flusher-jobs.js'
import { FlushRejectedError } from './flusher-rejected-error.js'
import { allShards, readRejections, rejectedSince } from './flusher-rejections.js'
import { modelSummary, shardSummary } from './flusher-summary.js'
import { createShardWaits } from './flusher-wait.js'
import { readRejected } from './rejected.js'

export interface FlusherOptions {
  /** For state; borrowed. */
  readonly redis: Redis | Cluster
  readonly keys: Keys
  /** The same server, as a URL or a client: a connection for BullMQ alone is made of it with the first job. */
  readonly connectionForBull: string | Redis | Cluster
  /** Told of each rejected write that a flush of this client has met. */
  readonly events?: EventBus
}

const DEADLINE_MS = 30_000

export function createFlusher({ redis, keys, connectionForBull, events }: FlusherOptions): Flusher {
  const jobs = createFlushJobs(keys, connectionForBull)
  const waits = createShardWaits({ redis, keys, urge: (model, shard) => jobs.ensure(model, shard, 0, true) })
  /** Made by `marks`: the sequences in them are anybody's. */
  const everybodys = new WeakSet<SequenceMarks>()

  async function flushUpTo(marks: SequenceMarks, deadlineMs = DEADLINE_MS): Promise<void> {
    const wanted = [...marks].flatMap(([model, shards]) => [...shards].map(([shard, mark]) => ({ model, shard, mark })))
    if (wanted.length === 0) return
    const shards = wanted.map(({ model, shard }) => [model, shard] as const)
    const before = await readRejections(redis, keys, shards)
    const waiting = wanted.map(({ model, shard, mark }) => waits.applied(model, shard, mark))
    const timer = setTimeout(() => {
      for (const wait of waiting) wait.giveUp()
    }, deadlineMs)
    const applied = await Promise.all(waiting.map(({ done }) => done)).finally(() => clearTimeout(timer))
    const left = wanted.filter((_, i) => !applied[i])
    if (left.length > 0) throw await unfinished(left, deadlineMs)
    const rejected = rejectedSince(before, await readRejections(redis, keys, shards), marks, !everybodys.has(marks))
    if (rejected.length === 0) return
    for (const { model, row, error } of rejected) events?.emit('reject', { model, row, error })
    throw new FlushRejectedError(rejected)
  }

  async function unfinished(left: readonly { model: string; shard: number }[], deadlineMs: number): Promise<Error> {
    const { model, shard } = left[0]!
    const [workers, failure, rows] = await Promise.all([
      jobs.countWorkers().catch(() => undefined),
      jobs.lastFailure(model, shard).catch(() => undefined),
      Promise.all(left.map((one) => shardSummary(redis, keys, one.model, one.shard).catch(() => undefined))),
    ])
    const names = left.map((one, i) => `${one.model}.${one.shard} (${rows[i]?.count ?? '?'} rows)`).slice(0, 8)
    const more = left.length > names.length ? ` and ${left.length - names.length} more` : ''
    return new PrismaCacheError(
      'PC1302',
      `the flush did not finish within ${deadlineMs} ms; left are the shards ${names.join(', ')}${more}. Nothing is lost: they stay pending. ${hint(workers, failure)}`,
    )
  }

  return {
    schedule(model, shard, delayMs) {
      try {
        jobs.ensure(model, shard, delayMs).catch(() => {})
      } catch {} // closed, or no connection: the sweep finds the shard
    },
    flushUpTo,
    async waitFor(model, shard, mark, withinMs) {
      const wait = waits.applied(model, shard, mark)
      const timer = setTimeout(() => wait.giveUp(), withinMs)
      return await wait.done.finally(() => clearTimeout(timer))
    },
    async marks(models) {
      const shards = allShards(models)
      const states = await Promise.all(shards.map(([model, shard]) => readFlushState(redis, keys, model, shard)))
      const marks = new Map<string, Map<number, number>>()
      for (const [i, [model, shard]] of shards.entries()) {
        const state = states[i]!
        if (lowestPending(state) > state.sequence) continue
        const ofModel = marks.get(model) ?? new Map<number, number>()
        marks.set(model, ofModel.set(shard, state.sequence))
      }
      everybodys.add(marks)
      return marks
    },
    async pending(models) {
      const all = await Promise.all(
        models.map(async (model) => [model, await modelSummary(redis, keys, model)] as const),
      )
      return Object.fromEntries(all)
    },
    async status(model, row) {
      const [pending, rejected] = await Promise.all([
        redis.exists(keys.pendingRow(model, row)),
        readRejected(redis, keys, model, row),
      ])
      return pending === 1 ? 'pending' : rejected && !rejected.change.superseded ? 'rejected' : 'clean'
    },
    async rejected(models) {
      const snapshot = await readRejections(redis, keys, allShards(models))
      return [...snapshot.values()].flatMap((rows): RejectedChange[] => [...rows.values()])
    },
    async close() {
      waits.close()
      await jobs.close()
    },
  }
}

function hint(workers: number | undefined, failure: string | undefined): string {
  if (workers === 0) {
    return 'No flush worker is connected to the queue: start one with `startFlushWorker` of prisma-cache/worker.'
  }
  if (failure) return `The worker's last attempt failed with: ${failure}`
  return 'Is a flush worker running (`startFlushWorker` of prisma-cache/worker), and can it reach Postgres?'
}
