import type { ModelFacts } from '@prisma-cache/policy-dsl'
import type { Cluster, Redis } from 'ioredis'
import type { Keys } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { decodePending, type PendingBase } from './pending-fields.js'

export type PendingRead =
  | { readonly kind: 'none' }
  /**
   * `row` is null for one that is deleted. It may be served only while `base` is what stands and the row is `complete`;
   * else somebody wrote it past the queue, or another release did: flush, then read.
   */
  | {
      readonly kind: 'pending'
      readonly row: Row | null
      readonly complete: boolean
      /** Of the last accepted change; counts within the shard. */
      readonly sequence: number
      /** Milliseconds since 1970 by Redis: first change that is not applied. */
      readonly since: number
      readonly base: PendingBase
    }

/** What a reader sees of a row that has changes which are not applied. Rejects when Redis does not answer. */
export async function readPending(
  redis: Redis | Cluster,
  keys: Keys,
  facts: ModelFacts,
  row: string,
): Promise<PendingRead> {
  const fields = new Map(Object.entries(await redis.hgetall(keys.pendingRow(facts.name, row))))
  if (fields.size === 0) return { kind: 'none' }
  const pending = decodePending(facts, fields)
  const { sequence, since, base } = pending
  return pending.alive
    ? { kind: 'pending', row: pending.row, complete: pending.complete, sequence, since, base }
    : { kind: 'pending', row: null, complete: true, sequence, since, base }
}
