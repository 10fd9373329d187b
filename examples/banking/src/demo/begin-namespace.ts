import { setTimeout as after } from 'node:timers/promises'
import { createCachedClient, LEASE_MS } from '../db/cached-client.js'
import type { WorkerPlace } from '../worker/start-worker.js'

export interface Quarantine {
  /** Resolves when strong reads of the namespace are cached. */
  over(): Promise<void>
}

/**
 * Touches the namespace for the first time. To the cache that is a Redis which has lost everything, and for one lease
 * it keeps strong reads away from what earlier writers might still have under way. Begun before the plain run, that
 * time has passed when the run with policies begins.
 */
export async function beginNamespace({ databaseUrl, redisUrl, namespace }: WorkerPlace): Promise<Quarantine> {
  const client = createCachedClient({ databaseUrl, connections: 1, redisUrl, namespace })
  await client.$cache.invalidate('Customer')
  await client.$disconnect()
  const end = performance.now() + LEASE_MS
  return { over: () => after(Math.max(0, end - performance.now())) }
}
