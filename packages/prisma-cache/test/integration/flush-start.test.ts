import { PrismaPg } from '@prisma/adapter-pg'
import type { Durability, PolicySet } from '@prisma-cache/policy-dsl'
import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { PrismaClient } from '../prisma/generated/prisma/client.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'
import { flusherOf, startWorker } from './support/flush-worker.js'

let bench: FlushBench
let server: RedisServer
let redis: Redis
beforeAll(async () => {
  bench = await createFlushBench()
  server = await startRedis({ appendOnly: false })
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis.disconnect()
  await bench.close()
  await server.stop()
})

/** The bench's policies with one class of durability for all. */
function promising(durability: Durability): PolicySet {
  const models = Object.entries(bench.policies.models).map(([name, entry]) => [
    name,
    entry.policy.strategy === 'writeBehind' ? { ...entry, policy: { ...entry.policy, durability } } : entry,
  ])
  return { ...bench.policies, models: Object.fromEntries(models) }
}

const start = async (durability: Durability, options = {}) => {
  const worker = await startWorker(bench, { redis: server.url, policies: promising(durability), ...options })
  await worker.close()
}

describe('a promise that cannot be kept is an error at start', () => {
  it('memory asks for nothing', async () => {
    await start({ kind: 'memory' })
  })

  it('fsync needs an append-only file', async () => {
    await expect(start({ kind: 'fsync' })).rejects.toMatchObject({
      code: 'PC1102',
      message: expect.stringContaining('appendonly yes'),
    })
    await redis.config('SET', 'appendonly', 'yes')
    await start({ kind: 'fsync' })
    await redis.config('SET', 'appendfsync', 'always')
    await start({ kind: 'fsync' })
    await redis.config('SET', 'appendonly', 'no')
  })

  it('replicated needs as many replicas', async () => {
    await expect(start({ kind: 'replicated', replicas: 1 })).rejects.toMatchObject({
      code: 'PC1102',
      message: expect.stringContaining('0 connected replicas'),
    })
  })

  it('eviction would lose what was accepted', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await expect(start({ kind: 'memory' })).rejects.toMatchObject({
      code: 'PC1103',
      message: expect.stringContaining('allkeys-lru'),
    })
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
  })

  it('is found out also where CONFIG is forbidden', async () => {
    await redis.call('ACL', 'SETUSER', 'default', '-config')
    await redis.call('ACL', 'SETUSER', 'default', '+config|set')
    await redis.config('SET', 'maxmemory-policy', 'volatile-ttl')
    await expect(start({ kind: 'memory' })).rejects.toMatchObject({ code: 'PC1103' })
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    await redis.call('ACL', 'SETUSER', 'default', '+config')
  })
})

it('says that Redis does not answer', async () => {
  await expect(startWorker(bench, { redis: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'PC1101',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

it('says that Postgres does not answer', async () => {
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' }),
  })
  await expect(startWorker(bench, { prisma: prisma as never })).rejects.toMatchObject({ code: 'PC1305' })
  await prisma.$disconnect()
})

it('says how to make the ledger table', async () => {
  await bench.prisma.$executeRawUnsafe('ALTER TABLE _prisma_cache_ledger RENAME TO elsewhere')
  await expect(startWorker(bench)).rejects.toMatchObject({
    code: 'PC1304',
    message: expect.stringMatching(/prisma migrate deploy[\s\S]*model PrismaCacheLedger/),
  })
  await bench.prisma.$executeRawUnsafe('ALTER TABLE elsewhere RENAME TO _prisma_cache_ledger')
})

it('takes a borrowed client for the model of its own, and leaves it open', async () => {
  const borrowed = new Redis(bench.redisUrl)
  const worker = await startWorker(bench, { redis: borrowed })
  await worker.close()
  expect(await borrowed.ping()).toBe('PONG')
  borrowed.disconnect()
})

it('waits until a seal is on disk before it applies the batch', async () => {
  await redis.config('SET', 'appendonly', 'yes')
  await redis.config('SET', 'appendfsync', 'everysec')
  const before = process.env.TEST_REDIS_URL
  process.env.TEST_REDIS_URL = server.url
  const own = await createFlushBench()
  process.env.TEST_REDIS_URL = before!
  await startWorker(own, { policies: promising({ kind: 'fsync' }) })
  const row = { id: 'a', hits: 0, total: 0n, label: '', note: null }
  const sequence = await own.accept('Counter', 'a', { kind: 'C', set: row })
  await flusherOf(own).flushUpTo(own.marks('Counter', 'a', sequence))
  expect(await own.prisma.counter.findMany()).toEqual([row])
  await own.close()
})
