import type { Durability } from '@prisma-cache/policy-dsl'
import { Cluster, type Redis } from 'ioredis'
import { PrismaCacheError } from '../errors/cache-error.js'

export interface ConfirmOptions {
  /** The connection that the accepts are sent on: Redis waits for the writes of the connection that asks. */
  readonly redis: Redis | Cluster
  /** Milliseconds to wait for the disk or the replicas. Shorter than the command timeout of the connection. */
  readonly timeoutMs: number
  /** Changes when another server may answer: what is known of its settings is asked anew. */
  readonly generation: () => number
}

/**
 * Resolves when everything accepted on this connection so far is as durable as asked; rejects with PC1301 when that
 * cannot be confirmed. Accepts that wait at the same time share one wait, which holds up the connection while it lasts.
 */
export function createConfirm(options: ConfirmOptions): (durability: Durability) => Promise<void> {
  const { redis, timeoutMs, generation } = options
  const shared = new Map<string, () => Promise<void>>()
  let always: { readonly generation: number; readonly answer: Promise<boolean> } | undefined

  async function syncs(): Promise<boolean> {
    if (always?.generation !== generation()) always = { generation: generation(), answer: syncsAlways(redis) }
    return always.answer
  }

  async function confirmOnce(durability: Durability): Promise<void> {
    if (durability.kind === 'fsync' && (await syncs())) return
    try {
      const short = await waitOn(redis, durability, timeoutMs)
      if (short === undefined) return
      throw new Error(short)
    } catch (cause) {
      throw unconfirmed(durability, cause)
    }
  }

  return async (durability) => {
    if (durability.kind === 'memory') return
    const name = JSON.stringify(durability)
    const confirm = shared.get(name) ?? joining(() => confirmOnce(durability))
    shared.set(name, confirm)
    await confirm()
  }
}

/** Callers that come while a run is under way share the next one: that one covers all of their writes. */
function joining(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        running = next!
        next = undefined
        return run()
      })
    return next
  }
}

/** Does every master force each write to disk before it answers? A server that does not tell is asked to wait. */
async function syncsAlways(redis: Redis | Cluster): Promise<boolean> {
  const answers = await Promise.all(
    masters(redis).map(async (node) => {
      const flat = (await node.call('CONFIG', 'GET', 'append*').catch(() => [])) as string[]
      const setting = (name: string) => flat[flat.indexOf(name) + 1]
      return setting('appendonly') === 'yes' && setting('appendfsync') === 'always'
    }),
  )
  return answers.length > 0 && answers.every(Boolean)
}

/** @returns what is missing, or undefined */
async function waitOn(redis: Redis | Cluster, durability: Durability, timeoutMs: number): Promise<string | undefined> {
  const short = await Promise.all(
    masters(redis).map(async (node) => {
      if (durability.kind === 'replicated') {
        const replicas = Number(await node.call('WAIT', durability.replicas, timeoutMs))
        return replicas < durability.replicas ? `${replicas} of ${durability.replicas} replicas have it` : undefined
      }
      const [local] = (await node.call('WAITAOF', 1, 0, timeoutMs)) as [number, number]
      return local < 1 ? 'it is not on disk yet' : undefined
    }),
  )
  return short.find((text) => text !== undefined)
}

/** In a cluster each master is asked on the connection that its keys are written on; those without writes of it answer at once. */
function masters(redis: Redis | Cluster): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}

function unconfirmed(durability: Durability, cause: unknown): PrismaCacheError {
  const promise = durability.kind === 'fsync' ? 'on disk (fsync)' : 'on enough replicas'
  return new PrismaCacheError(
    'PC1301',
    `Redis has the write, but did not confirm it ${promise} in time: it will be applied unless Redis loses it first. ` +
      'Read the row, or call `$cache.status`, before writing again.',
    { cause },
  )
}
