import type { Cluster, Redis } from 'ioredis'
import { type Keys, SHARDS } from '../protocol/keys.js'
import type { RejectedChange, SequenceMarks } from './change.js'

/** Rejected writes of some shards at one moment, by row. */
export type RejectionSnapshot = ReadonlyMap<string, ReadonlyMap<string, RejectedChange>>

export async function readRejections(
  redis: Redis | Cluster,
  keys: Keys,
  shards: readonly (readonly [model: string, shard: number])[],
): Promise<RejectionSnapshot> {
  const hashes = await Promise.all(shards.map(([model, shard]) => redis.hgetall(keys.shard(model, shard).rejected)))
  return new Map(
    hashes.map((hash, i) => [
      shards[i]!.join('.'),
      new Map(Object.entries(hash).map(([row, json]) => [row, JSON.parse(json) as RejectedChange])),
    ]),
  )
}

/**
 * What was rejected of the writes up to the marks since `before` was read. A write may be rejected before its waiter
 * has begun to wait: with `own`, where each mark is a write of the caller's, the rejection that holds it counts too.
 */
export function rejectedSince(
  before: RejectionSnapshot,
  after: RejectionSnapshot,
  marks: SequenceMarks,
  own: boolean,
): RejectedChange[] {
  const found: RejectedChange[] = []
  for (const [model, shards] of marks) {
    for (const [shard, mark] of shards) {
      const id = `${model}.${shard}`
      for (const [row, change] of after.get(id) ?? []) {
        const known = before.get(id)?.get(row)
        const isNew = known?.first !== change.first || known.at !== change.at
        const holdsMark = own && change.first <= mark && mark <= change.last
        if (holdsMark || (isNew && change.first <= mark)) found.push(change)
      }
    }
  }
  return found
}

export function allShards(models: readonly string[]): [model: string, shard: number][] {
  return models.flatMap((model) => Array.from({ length: SHARDS }, (_, shard): [string, number] => [model, shard]))
}
