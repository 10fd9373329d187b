import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const absolute = definePolicies(policies, {
  Everything: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', increments: 'absolute' }),
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', increments: 'absolute' }),
})

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies: absolute,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

test('the sum that the caller was answered replaces what Postgres has', async () => {
  const { prisma, plain } = extend(bench, { policies: absolute })
  const where = { id: 'sum' }
  await plain.counter.create({ data: { ...where, hits: 1, total: 9007199254740993n } })
  const data = { hits: { increment: 2 }, total: { decrement: 1n } }
  expect(await prisma.counter.update({ where, data })).toMatchObject({ hits: 3, total: 9007199254740992n })
  await plain.counter.update({ where, data: { hits: 100 } }) // past the cache: nobody sees it
  await prisma.$cache.flush('Counter')
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 3, total: 9007199254740992n })
})

test('by delta, the increments of others add up', async () => {
  const { prisma, plain } = extend(bench)
  const where = { id: 'delta' }
  await plain.counter.create({ data: { ...where, hits: 1 } })
  expect(await prisma.counter.update({ where, data: { hits: { increment: 2 } } })).toMatchObject({ hits: 3 })
  await plain.counter.update({ where, data: { hits: 100 } })
  await prisma.$cache.flush('Counter')
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 102 })
})

test('the answers are those of Postgres', async () => {
  const { prisma, plain, events } = extend(bench, { policies: absolute })
  const values = [0, 1, -1, 7, -7, 46341, 2 ** 31 - 1, -(2 ** 31), null]
  const operations = [
    ...[1, -1, 2 ** 31 - 1].flatMap((n) => [{ increment: n }, { decrement: n }]),
    ...[0, 2, -3, 46341, -(2 ** 31)].map((n) => ({ multiply: n })),
    ...[1, -1, 2, -2, 3, 2 ** 31 - 1].map((n) => ({ divide: n })),
  ]
  await Promise.all(
    values.map(async (i, at) => {
      for (const [n, operation] of operations.entries()) {
        const id = `${at}.${n}`
        await plain.plain.create({ data: { id, i } })
        await plain.everything.create({ data: { id, i } })
        const expected = plain.plain.update({ where: { id }, data: { i: operation }, select: { i: true } })
        const actual = prisma.everything.update({ where: { id }, data: { i: operation }, select: { i: true } })
        const [one, other] = await Promise.allSettled([expected, actual])
        expect({ id, ...outcome(other) }).toEqual({ id, ...outcome(one) })
      }
    }),
  )
  await prisma.$cache.flush()
  const all = { select: { id: true, i: true }, orderBy: { id: 'asc' } } as const
  expect(await plain.everything.findMany(all)).toEqual(await plain.plain.findMany(all))
  const seen = events()
  expect(seen.filter((event) => event.startsWith('accept')).length).toBeGreaterThan(100)
  expect(new Set(seen.filter((event) => event.startsWith('direct')))).toEqual(
    new Set(['direct:Everything.update(an integer would leave the range of its column)']),
  )
})

function outcome(settled: PromiseSettledResult<{ i: number | null }>) {
  return settled.status === 'fulfilled'
    ? { value: settled.value }
    : { code: (settled.reason as { code?: string }).code }
}

test('what only Postgres computes with certainty goes direct', async () => {
  const { prisma, events } = extend(bench, { policies: absolute })
  const where = { id: 'direct' }
  await prisma.everything.create({ data: { ...where, l: 10n, f: 1.5, d: '1.5', i: 1 } })
  expect(await prisma.everything.update({ where, data: { l: { multiply: 3 } } })).toMatchObject({ l: 30n })
  expect(await prisma.everything.update({ where, data: { f: { increment: 1 } } })).toMatchObject({ f: 2.5 })
  await expect(prisma.everything.update({ where, data: { i: { divide: 0 } } })).rejects.toThrow()
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([
    'direct:Everything.update(value of l)',
    'direct:Everything.update(value of f)',
    'direct:Everything.update(value of i)',
  ])
})

test('many writers on one row', async () => {
  const clients = [extend(bench, { policies: absolute }), extend(bench, { policies: absolute })]
  await clients[0]!.prisma.counter.create({ data: { id: 'hot' } })
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      clients[i % 2]!.prisma.counter.update({ where: { id: 'hot' }, data: { hits: { increment: 1 } } }),
    ),
  )
  expect(new Set(answers.map((answer) => answer.hits)).size).toBe(200)
  await clients[0]!.prisma.$cache.flush('Counter')
  expect((await clients[0]!.plain.counter.findUnique({ where: { id: 'hot' } }))!.hits).toBe(200)
})
