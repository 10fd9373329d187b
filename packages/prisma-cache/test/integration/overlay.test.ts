import { cache, definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

/** Nothing is flushed before somebody asks for it. */
const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', consistency: 'eventual' }),
  Room: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', consistency: 'eventual' }),
})
const LABEL = { where: { label: 'overlay' }, orderBy: { id: 'asc' } } as const

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const shared = { policies, redis: bench.redisUrl, namespace: bench.namespace }
  const worker = await startFlushWorker({ ...shared, prisma: bench.plain(), sweepEveryMs: 600_000 })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

/** Three counters in Postgres, and two clients: one writes, the other reads. */
async function three() {
  const plain = bench.plain()
  await plain.counter.deleteMany()
  await plain.counter.createMany({ data: ['a', 'b', 'c'].map((id) => ({ id, label: 'overlay', total: 1n })) })
  const writer = extend(bench, { policies }).prisma
  const reader = extend(bench, { policies })
  await writer.$cache.invalidate('Counter')
  return { plain, writer, reader: reader.prisma, events: reader.events }
}

test('an eventual list shows what anybody has pending on its rows, filled or a hit, and flushes nothing', async () => {
  const { plain, writer, reader, events } = await three()
  await reader.counter.findMany(LABEL) // filled before anything is pending
  await writer.counter.update({ where: { id: 'b' }, data: { hits: { increment: 3 }, note: 'pending' } })
  const shown = [
    { id: 'a', hits: 0, total: 1n, label: 'overlay', note: null },
    { id: 'b', hits: 3, total: 1n, label: 'overlay', note: 'pending' },
    { id: 'c', hits: 0, total: 1n, label: 'overlay', note: null },
  ]
  events()
  expect(await reader.counter.findMany(LABEL)).toEqual(shown)
  expect(events()).toContain('overlay:Counter.findMany')
  expect(await reader.counter.findMany(LABEL)).toEqual(shown)
  expect(await reader.counter.findMany({ ...LABEL, select: { id: true, hits: true } })).toEqual(
    shown.map(({ id, hits }) => ({ id, hits })),
  )
  expect(
    await reader.counter.findFirst({ where: { label: 'overlay', id: { gte: 'b' } }, orderBy: { id: 'asc' } }),
  ).toEqual(shown[1])
  // Without its key a row is not known; the filter is Postgres's.
  expect(await reader.counter.findMany({ ...LABEL, select: { hits: true } })).toEqual([
    { hits: 0 },
    { hits: 0 },
    { hits: 0 },
  ])
  expect(await reader.counter.findMany({ where: { hits: 3 } })).toEqual([])
  expect(await plain.counter.findUnique({ where: { id: 'b' } })).toMatchObject({ hits: 0 })
  expect(await reader.$cache.status('Counter', { id: 'b' })).toBe('pending')
  await reader.$cache.flush()
  events()
  expect(await reader.counter.findMany(LABEL)).toEqual(shown)
  expect(events()).not.toContain('overlay:Counter.findMany')
})

test('a row whose delete is pending is left out of a list; one that is only accepted is not in it yet', async () => {
  const { writer, reader } = await three()
  await writer.counter.delete({ where: { id: 'a' } })
  await writer.counter.create({ data: { id: 'new', label: 'overlay' } })
  expect((await reader.counter.findMany(LABEL)).map(({ id }) => id)).toEqual(['b', 'c'])
  // The next one that matches is not known here.
  expect(await reader.counter.findFirst(LABEL)).toMatchObject({ id: 'a' })
  await reader.$cache.flush()
  expect((await reader.counter.findMany(LABEL)).map(({ id }) => id)).toEqual(['b', 'c', 'new'])
})

test('what was written past the queue is not covered by an older pending row', async () => {
  const { writer, reader } = await three()
  await writer.counter.update({ where: { id: 'a' }, data: { hits: 1 } })
  await bench.plain().counter.update({ where: { id: 'a' }, data: { note: 'by psql' } })
  await reader.$cache.invalidate('Counter', { id: 'a' })
  expect((await reader.counter.findMany(LABEL))[0]).toMatchObject({ hits: 0, note: 'by psql' })
  await reader.$cache.flush()
  expect((await reader.counter.findMany(LABEL))[0]).toMatchObject({ hits: 1, note: 'by psql' })
})

test('no caller’s answer is another’s: the cached one stays as Postgres had it', async () => {
  const { writer, reader } = await three()
  const before = await reader.counter.findMany(LABEL)
  await writer.counter.update({ where: { id: 'a' }, data: { hits: 9 } })
  const [first, second] = await Promise.all([reader.counter.findMany(LABEL), reader.counter.findMany(LABEL)])
  expect(first[0]).toMatchObject({ hits: 9 })
  first[0]!.hits = -1
  expect(second[0]).toMatchObject({ hits: 9 })
  expect(before[0]).toMatchObject({ hits: 0 })
  await reader.$cache.flush()
})

test('of a session the list is flushed first, a strong one for everybody: no overlay', async () => {
  const { writer, reader, events } = await three()
  await writer.counter.update({ where: { id: 'a' }, data: { hits: 4 } })
  events()
  expect((await reader.counter.findMany({ ...LABEL, ...cache({ consistency: 'session' }) }))[0]).toMatchObject({
    hits: 0,
  })
  expect((await reader.counter.findMany({ ...LABEL, ...cache({ consistency: 'strong' }) }))[0]).toMatchObject({
    hits: 4,
  })
  expect(events()).not.toContain('overlay:Counter.findMany')
  expect(await reader.$cache.status('Counter', { id: 'a' })).toBe('clean')
})

test('Redis out of reach: what Postgres has', async () => {
  const { reader } = { reader: extend(bench, { policies, redis: 'redis://127.0.0.1:1' }).prisma }
  expect(await reader.counter.findMany({ ...LABEL, select: { id: true } })).toEqual([
    { id: 'a' },
    { id: 'b' },
    { id: 'c' },
  ])
})
