import { PrismaPg } from '@prisma/adapter-pg'
import { acquireServers, createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { prismaCache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../generated/cache/index.js'
import { PrismaClient } from '../generated/prisma/client.js'
import { preparePeers } from '../peers/peers.js'
import type { Stage } from './stage.js'

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url).pathname

/** Servers, a database of its own with the rows in it, all clients and a flush worker. */
export async function setStage(
  rows: number,
  { lease = 10_000 }: { readonly lease?: number } = {},
): Promise<{ stage: Stage; strike(): Promise<void> }> {
  // No append-only file: forcing each command to disk would measure the disk.
  const servers = await acquireServers({ redis: { appendOnly: false } })
  const name = `bench_${process.pid}`
  const databaseUrl = await createDatabase(servers.databaseUrl, name)
  const client = () => new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: 10 }) })
  const plain = client()
  await makeTables(plain)
  await fill(plain, rows)
  const workerClient = client()
  const worker = await startFlushWorker({
    policies,
    redis: servers.redisUrl,
    namespace: name,
    prisma: workerClient,
    lease,
  })
  const another: Stage['another'] = async ({ redisUrl = servers.redisUrl, namespace = name } = {}) => {
    const prisma = client().$extends(prismaCache({ policies, redis: redisUrl, namespace, lease }))
    await outOfQuarantine(prisma as unknown as PrismaClient, redisUrl, namespace)
    return { prisma: prisma as unknown as PrismaClient, close: () => prisma.$disconnect() }
  }
  const cached = await another()
  const redis = new Redis(servers.redisUrl)
  const peers = await preparePeers(client, servers.redisUrl, name)
  const stage = {
    servers,
    databaseUrl,
    namespace: name,
    plain,
    cached: cached.prisma,
    peers,
    redis,
    rows,
    another,
  }
  return {
    stage,
    async strike() {
      await (cached.prisma as unknown as { $cache: { flush(): Promise<void> } }).$cache.flush()
      await cached.close()
      for (const peer of peers) await peer.close()
      await worker.close()
      await workerClient.$disconnect()
      await plain.$disconnect()
      redis.disconnect()
      await dropDatabase(servers.databaseUrl, name)
      await servers.stop()
    },
  }
}

export async function makeTables(plain: PrismaClient): Promise<void> {
  for (const statement of (await diffFromEmpty(SCHEMA)).split(';'))
    if (statement.trim()) await plain.$executeRawUnsafe(statement)
}

async function fill(plain: PrismaClient, rows: number): Promise<void> {
  const data = Array.from({ length: rows }, (_, n) => ({ id: `row-${n}`, owner: `owner ${n}`, balance: `${n}.50` }))
  await Promise.all([
    plain.through.createMany({ data }),
    plain.nearby.createMany({ data }),
    plain.strong.createMany({ data }),
    plain.behind.createMany({ data }),
  ])
}

/** The first lease of a namespace is a quarantine, in which nothing is put. */
async function outOfQuarantine(prisma: PrismaClient, redisUrl: string, namespace: string): Promise<void> {
  const redis = new Redis(redisUrl)
  await prisma.through.findFirst()
  while (await redis.exists(`${namespace}:{epoch}:quarantine`)) await new Promise((resolve) => setTimeout(resolve, 100))
  redis.disconnect()
}
