import { AsyncLocalStorage } from 'node:async_hooks'
import { createMetrics } from 'prisma-cache/metrics'
import type { BankClient } from './bank-client.js'
import { type CachedClient, type CachedClientOptions, createCachedClient } from './cached-client.js'
import type { CacheControl, Database } from './database.js'

export function openCachedDatabase(options: CachedClientOptions): Database {
  const client = createCachedClient(options)
  const { session } = client.$cache
  return {
    // The same methods with the same arguments; Prisma gives every extended client types that are not the plain one's.
    client: client as unknown as BankClient,
    causally: (token, work) => {
      const inSession = async ({ token: next }: { token(): string }) => {
        const result = await work()
        return { result, token: next() }
      }
      return token === undefined ? session(inSession) : session.resume(token, inSession)
    },
    cache: cacheControl(client),
    close: () => client.$disconnect(),
  }
}

function cacheControl({ $cache }: CachedClient): CacheControl {
  const hits: Record<string, number> = {}
  // Events are emitted in the async scope of the read that they are about.
  const probe = new AsyncLocalStorage<{ hits: number }>()
  $cache.on('hit', ({ model }) => {
    const counted = probe.getStore()
    if (counted) counted.hits++
    else hits[model] = (hits[model] ?? 0) + 1
  })
  const metrics = createMetrics($cache)
  return {
    metrics: () => metrics.prometheus(),
    flush: () => $cache.flush(),
    pending: async () =>
      Object.fromEntries(Object.entries(await $cache.pending()).map(([model, { count }]) => [model, count])),
    hits: () => ({ ...hits }),
    countHits: (work) => {
      const counted = { hits: 0 }
      return probe.run(counted, async () => ({ result: await work(), hits: counted.hits }))
    },
  }
}
