import type { AddressInfo } from 'node:net'
import { API_POOL, PRIMARY_POOL } from '../config/pools.js'
import { mountDashboard } from '../dashboard/mount-dashboard.js'
import type { Database } from '../db/database.js'
import { openDatabase, type Place } from '../db/open-database.js'
import { createPlainClient } from '../db/plain-client.js'
import { createStatementCounter } from '../db/statement-counter.js'
import { createLatencyRecorder } from '../measure/latency.js'
import type { Measures } from '../measure/measures.js'
import { timedClient } from '../measure/timed-client.js'
import { proberMethods } from '../prober/methods.js'
import { serveParent } from '../process/serve-parent.js'
import { createServer } from './server.js'

const statements = createStatementCounter()
const recorder = createLatencyRecorder()
let opened: Database | undefined
let hitsAtReset: Readonly<Record<string, number>> = {}

const started = (): Database => {
  if (!opened) throw new Error('not started')
  return opened
}

const hits = (): Readonly<Record<string, number>> => started().cache?.hits() ?? {}

const methods = {
  async start(place: Place, port = 0): Promise<{ url: string }> {
    const database = openDatabase({ ...place, connections: API_POOL, statements })
    const primary = createPlainClient({ databaseUrl: place.databaseUrl, connections: PRIMARY_POOL })
    const server = createServer(database, timedClient(database.client, recorder))
    if (place.cache && database.cache) {
      await mountDashboard(server, { ...place.cache, metrics: database.cache.metrics })
    }
    await server.listen({ host: '127.0.0.1', port })
    opened = database
    Object.assign(methods, proberMethods(database, primary))
    process.on('SIGTERM', async () => {
      await server.close()
      await Promise.all([database.close(), primary.$disconnect()])
      process.exit(0)
    })
    return { url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}` }
  },

  async resetMeasures(): Promise<void> {
    recorder.reset()
    statements.reset()
    hitsAtReset = hits()
  },

  async measures(): Promise<Measures> {
    return {
      latencies: recorder.summarize(),
      statements: statements.counts(),
      hits: subtract(hits(), hitsAtReset),
    }
  },

  /** Resolves once everything accepted before the call is in Postgres; at once on the plain client. */
  async flush(): Promise<void> {
    await started().cache?.flush()
  },

  async pending(): Promise<Record<string, number>> {
    return (await started().cache?.pending()) ?? {}
  },
}

export type ApiMethods = typeof methods & ReturnType<typeof proberMethods>

function subtract(counts: Readonly<Record<string, number>>, earlier: typeof counts): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count - (earlier[name] ?? 0)]))
}

serveParent(methods)
