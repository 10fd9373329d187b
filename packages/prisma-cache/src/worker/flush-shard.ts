import { FLUSH_JOB, flushJobOptions } from '../queue/flush-queue.js'
import { sealBatch } from '../queue/seal.js'
import type { WorkerContext } from './context.js'
import { flushBatch } from './flush-batch.js'
import { flushPolicyOf, type ShardOf } from './shards.js'

/** Batches of one job: others of the process's shards get their turn after that. */
const MOST_BATCHES = 50

/**
 * What a flush job does: finishes the batch that was left, seals and flushes what is dirty, and goes on while the
 * window of what remains has passed.
 */
export async function flushShard(context: WorkerContext, at: ShardOf): Promise<void> {
  const { link } = context
  if (!context.policies.models[at.model]) {
    throw new Error(
      `${at.model} has pending writes, and this worker's policies do not know it: deploy the worker with those of its clients`,
    )
  }
  const { maxBatch, durability } = flushPolicyOf(context.policies, at.model)
  for (let n = 0; n < MOST_BATCHES && !context.closing(); n++) {
    const generation = link.generation()
    const sameServer = () => {
      if (!link.isUp() || link.generation() !== generation) throw new Error('the connection to Redis was lost')
    }
    sameServer()
    await context.promises.get()
    const queueEpoch = await context.epoch.get()
    const seal = await sealBatch(link.redis, link.keys, at, queueEpoch, maxBatch, sameServer)
    if (seal.kind === 'nothing') return
    if (seal.kind === 'stale') {
      context.epoch.forget()
      throw new Error(`the shard was sealed under queue epoch ${seal.epoch}, later than ${queueEpoch}`)
    }
    // A Redis that comes back without the seal would hand out once more what Postgres has by then.
    await context.barrier.reach(link.keys.shard(at.model, at.shard).sealed, durability)
    sameServer()
    await flushBatch(context, seal.batch, queueEpoch)
    if (seal.kind === 'found') continue
    const wait = await untilDue(context, at)
    if (wait === undefined) return
    if (wait > 0) return await scheduleNext(context, at, wait)
  }
  await scheduleNext(context, at, 0)
}

/** Milliseconds until the oldest open change of the shard is due; undefined when there is none. */
export async function untilDue(
  { link, policies }: WorkerContext,
  { model, shard }: ShardOf,
): Promise<number | undefined> {
  const { redis, keys } = link
  const [row] = await redis.zrange(keys.shard(model, shard).dirty, '0', '0')
  if (row === undefined) return undefined
  const [since, [seconds, micros]] = await Promise.all([
    redis.hget(keys.openChange(model, row), '#since'),
    redis.time(),
  ])
  const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  return Math.max(0, Number(since ?? now) + flushPolicyOf(policies, model).flushEvery - now)
}

/** Called within the shard's own job, it becomes the job that follows. */
export async function scheduleNext(
  { queue }: Pick<WorkerContext, 'queue'>,
  { model, shard }: ShardOf,
  delayMs: number,
): Promise<void> {
  await queue.add(FLUSH_JOB, { model, shard }, flushJobOptions(model, shard, delayMs))
}
