import { PrismaPg } from '@prisma/adapter-pg'
import { databaseUrl, startReplica } from '@prisma-cache/servers'
import { prismaCache } from 'prisma-cache'
import { policies } from '../generated/cache/index.js'
import { PrismaClient } from '../generated/prisma/client.js'
import { rowId } from '../stage/stage.js'
import type { BenchCase } from './bench-case.js'
import { raceCase } from './race-case.js'

const data = { hits: { increment: 1 } }
/** `take` makes each a question that nobody has asked. */
const asked = (n: number) => ({ where: { ownerId: 1 }, take: 1 + n })

/** What it costs to be able to read from replicas, and what a load from one costs, next to a primary as near. */
export const replica: BenchCase = {
  row: 'replica',
  name: 'loads and writes with a replica, 1 at a time',
  async measure(stage, effort) {
    const primary = stage.servers.postgres
    if (!primary)
      return { unit: 'µs', lanes: {}, ratios: [], notes: ['DATABASE_URL is set: no replica of it was made'] }
    const standby = await startReplica(primary)
    await standby.caughtUp()
    const database = new URL(stage.databaseUrl).pathname.slice(1)
    const adapter = new PrismaPg({ connectionString: databaseUrl(standby.url, database), max: 10 })
    const base = new PrismaClient({ adapter: new PrismaPg({ connectionString: stage.databaseUrl, max: 10 }) })
    const { redisUrl } = stage.servers
    const prisma = base.$extends(
      prismaCache({ policies, redis: redisUrl, namespace: stage.namespace, replicas: [adapter], replicaWait: 1000 }),
    )
    const sources: Record<string, number> = {}
    prisma.$cache.on('route', ({ source }) => {
      sources[source] = (sources[source] ?? 0) + 1
    })
    let next = 0
    try {
      const result = await raceCase({
        row: 'replica',
        name: 'with a replica',
        width: 1,
        operations: 1000,
        lanes: async () => ({
          'load from the replica': () => prisma.note.findMany(asked(next++)),
          'load from the primary': () => stage.cached.note.findMany(asked(next++)),
          'update, replicas told': (n) => prisma.through.update({ where: { id: rowId(stage, n) }, data }),
          'update, no replicas': (n) => stage.cached.through.update({ where: { id: rowId(stage, n) }, data }),
        }),
        ratios: [
          { what: 'load, replica over primary', over: 'load from the replica', under: 'load from the primary' },
          { what: 'update, with replicas over without', over: 'update, replicas told', under: 'update, no replicas' },
        ],
      }).measure(stage, effort)
      const told = Object.entries(sources).map(([source, count]) => `${source} ${count}`)
      return { ...result, notes: [...(result.notes ?? []), `loads of the first lane: ${told.join(', ')}`] }
    } finally {
      await prisma.$disconnect()
      await standby.stop()
    }
  },
}
