import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyPluginCallback } from 'fastify'
import { sessionPlugin } from 'prisma-cache/http'
import { createMetrics } from 'prisma-cache/metrics'
import type { BankClient } from './bank-client.js'
import { type CachedClient, type CachedClientOptions, createCachedClient } from './cached-client.js'
import type { CacheControl, Database, Source } from './database.js'

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
    http: sessionPlugin(client) as unknown as FastifyPluginCallback,
    cache: cacheControl(client),
    close: () => client.$disconnect(),
  }
}

function cacheControl({ $cache }: CachedClient): CacheControl {
  const hits: Record<string, number> = {}
  // Events are emitted in the async scope of the read that they are about.
  const probe = new AsyncLocalStorage<{ source: Source }>()
  $cache.on('hit', ({ model, source }) => {
    const observed = probe.getStore()
    if (observed) observed.source = source
    else hits[model] = (hits[model] ?? 0) + 1
  })
  $cache.on('route', (route) => {
    const observed = probe.getStore()
    if (observed) observed.source = route.source === 'replica' ? 'replica' : `primary (${route.reason})`
  })
  const metrics = createMetrics($cache)
  return {
    metrics: () => metrics.prometheus(),
    flush: () => $cache.flush(),
    pending: async () =>
      Object.fromEntries(Object.entries(await $cache.pending()).map(([model, { count }]) => [model, count])),
    hits: () => ({ ...hits }),
    observe: (work) => {
      const observed: { source: Source } = { source: 'primary' }
      return probe.run(observed, async () => ({ result: await work(), source: observed.source }))
    },
    status: (id) => $cache.status('Session', { id }),
  }
}
