import { acquireServers, createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import type { PrismaClient } from '../generated/prisma/client.js'
import { type CachedClient, cachedClient, type Place, plainClient } from './place.js'
import type { PolicyName } from './policies.js'
import { type Child, startChild } from './start-child.js'

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url).pathname

export interface Scene {
  readonly place: Place
  readonly plain: PrismaClient
  readonly cached: CachedClient
  /** The flush worker, in a process of its own. */
  readonly worker: Child
  strike(): Promise<void>
}

let made = 0

/** Servers, a database with as many rows in either model, clients, and a worker beside. */
export async function setScene(policies: PolicyName, rows: number): Promise<Scene> {
  // No append-only file: forcing each command to disk would measure the disk.
  const servers = await acquireServers({ redis: { appendOnly: false } })
  const namespace = `bench_wb_${process.pid}_${made++}`
  const databaseUrl = await createDatabase(servers.databaseUrl, namespace)
  const place: Place = { databaseUrl, redisUrl: servers.redisUrl, namespace, policies }
  const plain = plainClient(databaseUrl)
  for (const statement of (await diffFromEmpty(SCHEMA)).split(';'))
    if (statement.trim()) await plain.$executeRawUnsafe(statement)
  const data = Array.from({ length: rows }, (_, n) => ({ id: `row-${n}`, owner: `owner ${n}`, balance: `${n}.50` }))
  for (let i = 0; i < rows; i += 5000) {
    await plain.behind.createMany({ data: data.slice(i, i + 5000) })
    await plain.through.createMany({ data: data.slice(i, i + 5000) })
  }
  const worker = startChild()
  await worker.call('work', place)
  const cached = cachedClient(place)
  const redis = new Redis(servers.redisUrl)
  // The first lease of a namespace is a quarantine, in which nothing is put.
  await cached.through.findFirst()
  while (await redis.exists(`${namespace}:{epoch}:quarantine`)) await new Promise((resolve) => setTimeout(resolve, 100))
  redis.disconnect()
  return {
    place,
    plain,
    cached,
    worker,
    async strike() {
      await cached.$disconnect()
      await worker.stop()
      await plain.$disconnect()
      await dropDatabase(servers.databaseUrl, namespace)
      await servers.stop()
    },
  }
}
