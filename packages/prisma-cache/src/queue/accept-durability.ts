import type { Durability } from '@prisma-cache/policy-dsl'
import { Cluster, type Redis } from 'ioredis'
import { PrismaCacheError } from '../errors/cache-error.js'
import { createDurableBarrier, type DurableBarrier } from './durability.js'

export interface ConfirmOptions {
  readonly redis: Redis | Cluster
  /** Milliseconds to wait for the disk or the replicas. */
  readonly timeoutMs: number
  /** Changes when another server may answer: what is known of its settings is asked anew. */
  readonly generation: () => number
}

export interface Confirm {
  /**
   * Resolves when everything accepted so far is as durable as asked; rejects with PC1301 when that was not confirmed.
   *
   * @param key of the slot that was accepted in, and no row's: a mark is written beside it
   * @param since generation of the connection before it was accepted: a server that answers under a later one may have
   *   come back without it, and would confirm what was written since
   */
  (durability: Durability, key: string, since: number): Promise<void>
  close(): void
}

export function createConfirm({ redis, timeoutMs, generation }: ConfirmOptions): Confirm {
  let always: { readonly generation: number; readonly answer: Promise<boolean> } | undefined
  let barrier: DurableBarrier | undefined

  async function syncsAlways(): Promise<boolean> {
    if (always?.generation !== generation()) always = { generation: generation(), answer: asksAlways(redis) }
    return always.answer
  }

  async function confirm(durability: Durability, key: string, since: number): Promise<void> {
    if (durability.kind === 'memory') return
    try {
      if (durability.kind !== 'fsync' || !(await syncsAlways())) {
        barrier ??= createDurableBarrier({ redis, alwaysSynced: async () => false, timeoutMs })
        await barrier.reach(key, durability)
      }
      if (generation() !== since) throw new Error('the connection to Redis was lost meanwhile')
    } catch (cause) {
      throw unconfirmed(durability, cause)
    }
  }

  return Object.assign(confirm, { close: () => barrier?.close() })
}

/** Does every master force each write to disk before it answers? One that does not tell is waited for. */
async function asksAlways(redis: Redis | Cluster): Promise<boolean> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const answers = await Promise.all(
    masters.map(async (node) => {
      const settings = new Map(pairs(await node.config('GET', 'append*').catch(() => [])))
      return settings.get('appendonly') === 'yes' && settings.get('appendfsync') === 'always'
    }),
  )
  return answers.length > 0 && answers.every(Boolean)
}

function pairs(flat: unknown): [string, string][] {
  if (!Array.isArray(flat)) return Object.entries(flat as Record<string, string>)
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]])
}

function unconfirmed(durability: Durability, cause: unknown): PrismaCacheError {
  const promise = durability.kind === 'fsync' ? 'on disk' : 'on enough replicas'
  return new PrismaCacheError(
    'PC1301',
    `Redis has the write, but did not confirm it ${promise} in time: it will be applied unless Redis loses it first. ` +
      'Read the row, or ask `$cache.status`, before writing again.',
    { cause },
  )
}
