import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import { type Keys, SHARDS } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { PendingSummary } from './flusher.js'

/** The stock of one shard, and what its flushes have done. */
export async function shardSummary(
  redis: Redis | Cluster,
  keys: Keys,
  model: string,
  shard: number,
): Promise<PendingSummary> {
  const { dirty, sealed, rejected, flushed } = keys.shard(model, shard)
  const reply = await runCommand(redis, commands.flushPending, [dirty, sealed, rejected, flushed], [])
  const [count, sealedSince, row, now, rejectedKept, applied, refused, rate] = reply as [
    count: number,
    sealedSince: number,
    row: string,
    now: number,
    rejectedKept: number,
    applied: number,
    refused: number,
    rate: string,
  ]
  const done = { flushedPerSecond: Number(rate), applied, rejected: refused, rejectedKept }
  if (count === 0) return { count: 0, oldestAgeMs: 0, ...done }
  const openSince = Number((await redis.hget(keys.openChange(model, row), '#since')) ?? now)
  return { count, oldestAgeMs: Math.max(0, now - Math.min(sealedSince || now, openSince)), ...done }
}

export async function modelSummary(redis: Redis | Cluster, keys: Keys, model: string): Promise<PendingSummary> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => shardSummary(redis, keys, model, shard)),
  )
  const sum = (of: (shard: PendingSummary) => number) => shards.reduce((total, shard) => total + of(shard), 0)
  return {
    count: sum(({ count }) => count),
    oldestAgeMs: Math.max(...shards.map(({ oldestAgeMs }) => oldestAgeMs)),
    flushedPerSecond: sum(({ flushedPerSecond }) => flushedPerSecond),
    applied: sum(({ applied }) => applied),
    rejected: sum(({ rejected }) => rejected),
    rejectedKept: sum(({ rejectedKept }) => rejectedKept),
  }
}
