import { PrismaPg } from '@prisma/adapter-pg'
import { acquireServers, createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { prismaCache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import type { Subjects } from './cases/bench-case.js'
import { policies } from './generated/cache/index.js'
import { PrismaClient } from './generated/prisma/client.js'

const SCHEMA = new URL('../prisma/schema.prisma', import.meta.url).pathname

/** Servers, a database of its own with the rows in it, both clients and a flush worker. */
export async function setStage(
  rows: number,
): Promise<{ subjects: Subjects; describe: readonly string[]; strike(): Promise<void> }> {
  // No append-only file: forcing each command to disk would measure the disk.
  const servers = await acquireServers({ redis: { appendOnly: false } })
  const name = `bench_${process.pid}`
  const url = await createDatabase(servers.databaseUrl, name)
  const client = () => new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) })
  const plain = client()
  for (const statement of (await diffFromEmpty(SCHEMA)).split(';'))
    if (statement.trim()) await plain.$executeRawUnsafe(statement)
  const data = Array.from({ length: rows }, (_, n) => ({ id: `row-${n}`, owner: `owner ${n}`, balance: `${n}.50` }))
  await Promise.all([
    plain.through.createMany({ data }),
    plain.nearby.createMany({ data }),
    plain.strong.createMany({ data }),
    plain.behind.createMany({ data }),
  ])
  const shared = { policies, redis: servers.redisUrl, namespace: name }
  const workerClient = client()
  const worker = await startFlushWorker({ ...shared, prisma: workerClient })
  const extended = client().$extends(prismaCache(shared))
  const redis = new Redis(servers.redisUrl)
  // The first lease of a namespace is a quarantine, in which nothing is put.
  await extended.through.findFirst()
  while (await redis.exists(`${name}:{epoch}:quarantine`)) await new Promise((resolve) => setTimeout(resolve, 100))
  return {
    subjects: { plain, cached: extended as unknown as PrismaClient, redis, rows },
    describe: servers.describe,
    async strike() {
      await extended.$cache.flush()
      await extended.$disconnect()
      await worker.close()
      await workerClient.$disconnect()
      await plain.$disconnect()
      redis.disconnect()
      await dropDatabase(servers.databaseUrl, name)
      await servers.stop()
    },
  }
}
