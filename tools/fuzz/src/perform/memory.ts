import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** What Redis holds of the cache, which it may lose in part, or come back with as it was a while ago. */
export interface Memory {
  /** Remembers what is there now. */
  keep(): Promise<void>
  /** What was remembered stands there again, made on what looks like another server. Nobody may be connected. */
  restore(): Promise<void>
  /** Nobody was in flight when it came back, so that nothing needs to wait for leases. */
  begun(): Promise<void>
  /** Loses versions and entries; which ones, the salt decides. */
  evict(salt: number): Promise<void>
}

interface Kept {
  readonly key: string
  readonly dump: Buffer
  readonly ttlMs: number
}

export function createMemory(redis: Redis, namespace: string): Memory {
  let kept: readonly Kept[] = []
  const epoch = `${namespace}:{epoch}`

  async function keysOf(wanted: (rest: string) => boolean): Promise<string[]> {
    const keys = new Set<string>()
    for await (const batch of redis.scanStream({ match: `${namespace}:*`, count: 1000 }) as AsyncIterable<string[]>) {
      for (const key of batch) if (wanted(key.slice(namespace.length + 1))) keys.add(key)
    }
    return [...keys].sort()
  }

  /** Also in what was stored under it: all of it was made on that other server. */
  async function renameEpoch(own: string, other: string): Promise<void> {
    await Promise.all(
      kept.map(async ({ key }) => {
        const text = key === epoch || isEntry(key.slice(namespace.length + 1)) ? await redis.get(key) : null
        if (text?.startsWith(own)) await redis.set(key, other + text.slice(own.length), 'KEEPTTL')
      }),
    )
  }

  return {
    begun: async () => void (await redis.del(`${epoch}:quarantine`)),
    async keep() {
      const keys = await keysOf(isCached)
      const found = await Promise.all(
        keys.map(async (key) => ({ key, dump: await redis.dumpBuffer(key), ttlMs: await redis.pttl(key) })),
      )
      kept = found.flatMap(({ key, dump, ttlMs }) => (dump ? [{ key, dump, ttlMs: Math.max(0, ttlMs) }] : []))
    },
    async restore() {
      const now = await keysOf((rest) => isCached(rest) || isFence(rest))
      if (now.length > 0) await redis.del(...now)
      await Promise.all(kept.map(({ key, dump, ttlMs }) => redis.restore(key, ttlMs, dump, 'REPLACE')))
      const own = await redis.get(epoch)
      if (own !== null) await renameEpoch(own, `${own.slice(0, own.indexOf('@'))}@another`)
    },
    async evict(salt) {
      const keys = await keysOf((rest) => isCached(rest) && !rest.startsWith('{epoch}'))
      const lost = keys.filter((key) => createHash('sha256').update(`${salt} ${key}`).digest()[0]! < 90)
      if (lost.length > 0) await redis.del(...lost)
    },
  }
}

/** Entries, versions and the epoch; nothing of the queue, which is no cache. */
const isCached = (rest: string) => isEntry(rest) || rest.startsWith('v:') || rest.startsWith('{epoch}')

const isEntry = (rest: string) => rest.startsWith('a:') || /^\{[^}]*\}:e:/.test(rest)

const isFence = (rest: string) => /^\{[^}]*\}:f/.test(rest)
