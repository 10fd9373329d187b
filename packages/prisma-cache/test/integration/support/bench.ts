import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { createDatabase, databaseUrl, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createKeys } from '../../../src/protocol/keys.js'
import { verifyEpoch } from '../../../src/store/epoch.js'
import { PrismaClient } from '../../prisma/generated/prisma/client.js'

/** A schema of `test/`, and the client that was generated of it. */
export interface BenchSchema {
  readonly folder: string
  readonly Client: new (options: { adapter: PrismaPg }) => PrismaClient
}

export interface Bench {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** A namespace of its own for every test file. */
  readonly namespace: string
  /** A client without the extension; each call makes one, all are closed at the end. */
  plain(): PrismaClient
  /** A bare connection to the cache, for looking at keys. */
  redis(): Redis
  /** Registers what must be closed at the end, last first. */
  onClose(close: () => Promise<unknown>): void
  close(): Promise<void>
}

/** A database of the test schema and a namespace, both of this test file alone. */
export async function createBench(
  { folder, Client }: BenchSchema = { folder: 'prisma', Client: PrismaClient },
  server = required('TEST_DATABASE_URL'),
): Promise<Bench> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const redisUrl = required('TEST_REDIS_URL')
  await createDatabase(server, name)
  const url = databaseUrl(server, name)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(await diffFromEmpty(path.resolve(import.meta.dirname, '../..', folder, 'schema.prisma')))
  await client.end()
  // As if the cache had been in use for long: a namespace's first seconds are a quarantine.
  const redis = new Redis(redisUrl)
  await verifyEpoch(redis, createKeys(name), 1)
  redis.disconnect()
  const closers: (() => Promise<unknown>)[] = []
  return {
    databaseUrl: url,
    redisUrl,
    namespace: name,
    plain() {
      const prisma = new Client({ adapter: new PrismaPg({ connectionString: url, max: 5 }) })
      closers.push(() => prisma.$disconnect())
      return prisma
    },
    redis() {
      const redis = new Redis(redisUrl)
      closers.push(async () => redis.disconnect())
      return redis
    },
    onClose: (close) => void closers.push(close),
    async close() {
      for (const close of closers.reverse()) await close()
      await dropDatabase(server, name)
    },
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run the tests with \`pnpm test:integration\``)
  return value
}
