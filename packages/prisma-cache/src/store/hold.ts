import * as commands from '../protocol/commands.generated.js'
import { SHARDS } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/**
 * Keeps every write of these models out of the queue until the writer lets go or its lease ends. Rejects when Redis did
 * not take every one of them.
 *
 * @returns whether the writer has held all of them until now
 */
export async function holdShards(link: Link, writer: string, models: readonly string[]): Promise<boolean> {
  return await setHolds(link, writer, models, link.leaseMs)
}

export async function letGo(link: Link, writer: string, models: readonly string[]): Promise<void> {
  await setHolds(link, writer, models, 0)
}

async function setHolds(link: Link, writer: string, models: readonly string[], leaseMs: number): Promise<boolean> {
  const holds = models.flatMap((model) =>
    Array.from({ length: SHARDS }, (_, shard) => link.keys.shard(model, shard).hold),
  )
  const replies = await Promise.all(
    groupBySlot(link.cluster, holds).map((group) =>
      runCommand(
        link.redis,
        commands.hold,
        group.map((i) => holds[i]!),
        [writer, leaseMs],
      ),
    ),
  )
  return replies.every((unbroken) => unbroken === 1)
}
