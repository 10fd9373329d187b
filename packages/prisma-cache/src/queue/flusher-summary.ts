import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import { type Keys, SHARDS } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { PendingSummary } from './flusher.js'

/** The stock of one shard. */
export async function shardSummary(
  redis: Redis | Cluster,
  keys: Keys,
  model: string,
  shard: number,
): Promise<PendingSummary> {
  const { dirty, sealed } = keys.shard(model, shard)
  const [count, sealedSince, row, now] = (await runCommand(redis, commands.flushPending, [dirty, sealed], [])) as [
    number,
    number,
    string,
    number,
  ]
  if (count === 0) return { count: 0, oldestAgeMs: 0 }
  const openSince = Number((await redis.hget(keys.openChange(model, row), '#since')) ?? now)
  return { count, oldestAgeMs: Math.max(0, now - Math.min(sealedSince || now, openSince)) }
}

export async function modelSummary(redis: Redis | Cluster, keys: Keys, model: string): Promise<PendingSummary> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => shardSummary(redis, keys, model, shard)),
  )
  return {
    count: shards.reduce((sum, { count }) => sum + count, 0),
    oldestAgeMs: Math.max(...shards.map(({ oldestAgeMs }) => oldestAgeMs)),
  }
}
