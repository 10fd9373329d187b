import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import { type Keys, shardOf } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { RejectedChange } from './change.js'

/** A rejected change, and the text by which Redis tells it from a later one of the row. */
export interface RejectedRecord {
  readonly change: RejectedChange
  readonly text: string
}

export async function readRejected(
  redis: Redis | Cluster,
  keys: Keys,
  model: string,
  row: string,
): Promise<RejectedRecord | undefined> {
  const text = await redis.hget(keys.shard(model, shardOf(row)).rejected, row)
  return text === null ? undefined : { change: JSON.parse(text) as RejectedChange, text }
}

/** @returns whether it was still there */
export async function forgetRejected(
  redis: Redis | Cluster,
  keys: Keys,
  { change, text }: RejectedRecord,
): Promise<boolean> {
  const { rejected } = keys.shard(change.model, shardOf(change.row))
  return (await runCommand(redis, commands.rejectedForget, [rejected], [change.row, text])) === 1
}

/** What was rejected of these rows stays in sight, but is not what the rows' status says any more. */
export async function supersedeRejected(
  redis: Redis | Cluster,
  keys: Keys,
  model: string,
  rows: readonly string[],
): Promise<void> {
  await Promise.all(
    rows.map((row) => runCommand(redis, commands.rejectedSupersede, [keys.shard(model, shardOf(row)).rejected], [row])),
  )
}
