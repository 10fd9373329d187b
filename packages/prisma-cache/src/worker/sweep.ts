import { SHARDS } from '../protocol/keys.js'
import { lowestPending, readFlushState } from '../queue/flush-state.js'
import type { WorkerContext } from './context.js'
import { scheduleNext, untilDue } from './flush-shard.js'
import { writeBehindModels } from './shards.js'

/** Finds shards that should have been flushed and gives each a job, where it has none: an acceptor may die before it does. */
export async function sweep(context: WorkerContext): Promise<void> {
  const { redis, keys } = context.link
  for (const model of writeBehindModels(context.policies)) {
    await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => {
        const state = await readFlushState(redis, keys, model, shard)
        if (lowestPending(state) === Number.POSITIVE_INFINITY) return
        const left = state.sealed !== Number.POSITIVE_INFINITY
        if (left || (await untilDue(context, { model, shard })) === 0) await scheduleNext(context, { model, shard }, 0)
      }),
    )
  }
}
