import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { shardOf } from '../../src/protocol/keys.js'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory' }),
})

/** Two rows of one shard and one of another. */
const [A, SAME, OTHER] = (() => {
  const names = Array.from({ length: 50 }, (_, i) => `row${i}`)
  const first = names[0]!
  const rest = names.slice(1)
  return [first, rest.find((n) => shardOf(n) === shardOf(first))!, rest.find((n) => shardOf(n) !== shardOf(first))!]
})()

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const shared = { policies, redis: bench.redisUrl, namespace: bench.namespace }
  const worker = await startFlushWorker({ ...shared, prisma: bench.plain(), sweepEveryMs: 600_000 })
  bench.onClose(() => worker.close())
  await bench.plain().$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
})
afterAll(() => bench.close())

test('flush of one row: it is in Postgres; a shard that it is not of stays pending', async () => {
  const { prisma, plain } = extend(bench, { policies })
  await prisma.counter.create({ data: { id: A } })
  await prisma.counter.create({ data: { id: OTHER } })
  await prisma.$cache.flush('Counter', { id: A })
  expect(await plain.counter.findMany({ select: { id: true } })).toEqual([{ id: A }])
  expect(await prisma.$cache.status('Counter', { id: OTHER })).toBe('pending')
  await prisma.$cache.flush('Counter', { id: A }) // nothing is left of it
  expect(await prisma.$cache.status('Counter', { id: OTHER })).toBe('pending')
})

test('it rejects with what was rejected of this row, not of others', async () => {
  const { prisma } = extend(bench, { policies })
  await prisma.$cache.flush()
  await prisma.counter.create({ data: { id: SAME, hits: -1 } })
  await prisma.counter.update({ where: { id: A }, data: { hits: 1 } })
  await prisma.$cache.flush('Counter', { id: A })
  expect(await prisma.$cache.status('Counter', { id: SAME })).toBe('rejected')
  await prisma.counter.update({ where: { id: A }, data: { hits: -1 } })
  await expect(prisma.$cache.flush('Counter', { id: A })).rejects.toMatchObject({
    code: 'PC1303',
    rejected: [{ model: 'Counter', row: A }],
  })
})

test('a row is named by its primary key, of a model that there is', async () => {
  const { prisma } = extend(bench, { policies })
  const flush = prisma.$cache.flush as (model?: string, where?: Record<string, unknown>) => Promise<void>
  await expect(flush('Counter', { hits: 1 })).rejects.toMatchObject({ code: 'PC1401' })
  await expect(flush('Nobody', { id: 'a' })).rejects.toMatchObject({ code: 'PC1401' })
  await expect(flush(undefined, { id: 'a' })).rejects.toMatchObject({ code: 'PC1401' })
  await flush('User', { id: 1 }) // its writes are in Postgres when they are answered
})

test('pending tells the rate of flushing, and how many rows were applied and rejected', async () => {
  const { prisma } = extend(bench, { policies })
  await prisma.$cache.flush()
  const before = (await prisma.$cache.pending('Counter')).Counter!
  for (let i = 0; i < 30; i++) await prisma.counter.create({ data: { id: `rate${i}` } })
  await prisma.counter.create({ data: { id: 'rate-bad', hits: -1 } })
  expect((await prisma.$cache.pending('Counter')).Counter).toMatchObject({ count: 31, applied: before.applied })
  await expect(prisma.$cache.flush()).rejects.toMatchObject({ code: 'PC1303' })
  const after = (await prisma.$cache.pending('Counter')).Counter!
  expect(after).toMatchObject({
    count: 0,
    oldestAgeMs: 0,
    applied: before.applied + 30,
    rejected: before.rejected + 1,
    rejectedKept: before.rejectedKept + 1,
  })
  // 31 rows within half a minute are one a second; what was flushed before is forgotten slowly.
  expect(after.flushedPerSecond).toBeGreaterThan(before.flushedPerSecond)
  expect(after.flushedPerSecond).toBeGreaterThan(0.9)
  expect(after.flushedPerSecond).toBeLessThan(before.flushedPerSecond + 1.1)
})
