import * as commands from '../protocol/commands.generated.js'
import { SHARDS } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { WorkerContext } from './context.js'
import { scheduleNext, untilDue } from './flush-shard.js'
import { writeBehindModels } from './shards.js'

/** Finds shards that should have been flushed and gives each a job, where it has none: an acceptor may die before it does. */
export async function sweep(context: WorkerContext): Promise<void> {
  const { redis, keys } = context.link
  for (const model of writeBehindModels(context.policies)) {
    await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => {
        const { dirty, sealed } = keys.shard(model, shard)
        const [open, inBatch] = (await runCommand(redis, commands.flushState, [dirty, sealed], [])) as [number, number]
        if (open === 0 && inBatch === 0) return
        if (inBatch !== 0 || (await untilDue(context, { model, shard })) === 0)
          await scheduleNext(context, { model, shard }, 0)
      }),
    )
  }
}
