import { shardOf } from '../../protocol/keys.js'
import { allShards } from '../../queue/flusher-rejections.js'
import { type RejectedRecord, readRejected } from '../../queue/rejected.js'
import { CliError } from '../cli-error.js'
import type { OpenQueue } from './open-queue.js'

/** The last rejected change of each row, oldest first. */
export async function recordsOf({ redis, keys }: OpenQueue, models: readonly string[]): Promise<RejectedRecord[]> {
  const shards = allShards(models)
  const found = await Promise.all(shards.map(([model, shard]) => redis.hgetall(keys.shard(model, shard).rejected)))
  const records = found.flatMap((hash) => Object.values(hash).map((text) => ({ change: JSON.parse(text), text })))
  return records.sort((a, b) => a.change.at - b.change.at)
}

/**
 * The records that a command line means.
 *
 * @throws CliError PC6305
 */
export async function namedRecords(
  queue: OpenQueue,
  model: string,
  row: string | undefined,
): Promise<RejectedRecord[]> {
  if (row === undefined) return await recordsOf(queue, [model])
  const record = await readRejected(queue.redis, queue.keys, model, row)
  if (record) return [record]
  const next = `\`prisma-cache rejected list ${model}\` shows the rows as they are to be written`
  throw new CliError('PC6305', `no rejected write of ${model} ${row} is kept (shard ${shardOf(row)})`, next)
}
