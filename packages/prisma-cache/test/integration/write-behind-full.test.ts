import { definePolicies, writeBehind } from 'prisma-cache'
import { type FlushWorker, startFlushWorker } from 'prisma-cache/worker'
import { shardOf } from '../../src/protocol/keys.js'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

/** `maxPending: 8` is two rows of each shard. */
const set = (onFull: 'block' | 'writeThrough' | 'reject') =>
  definePolicies(policies, {
    Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', maxPending: 8, onFull }),
  })
const rows = Array.from({ length: 400 }, (_, i) => `f${i}`).filter((row) => shardOf(row) === 0)

let bench: Bench
const { emitWarning } = process
let warnings: string[] = []
beforeEach(async () => {
  bench = await createBench()
  warnings = []
  process.emitWarning = (text: string | Error) => void warnings.push(String(text))
})
afterEach(async () => {
  process.emitWarning = emitWarning
  await bench.close()
})

async function worker(): Promise<FlushWorker> {
  const started = await startFlushWorker({
    prisma: bench.plain(),
    policies: set('block'),
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => started.close())
  return started
}
const fill = async (prisma: ReturnType<typeof extend>['prisma']) => {
  for (const id of rows.slice(0, 2)) await prisma.counter.create({ data: { id } })
}

test('reject: a write that would add a row fails at once; rows that are pending are still written', async () => {
  const { prisma, plain, events } = extend(bench, { policies: set('reject') })
  const stock: unknown[] = []
  prisma.$cache.on('stock', (event) => stock.push(event))
  await fill(prisma)
  await expect(prisma.counter.create({ data: { id: rows[2]! } })).rejects.toMatchObject({ code: 'PC1307' })
  await plain.counter.create({ data: { id: rows[3]! } })
  await expect(prisma.counter.update({ where: { id: rows[3]! }, data: { hits: 1 } })).rejects.toMatchObject({
    code: 'PC1307',
  })
  expect(await prisma.counter.update({ where: { id: rows[0]! }, data: { hits: { increment: 1 } } })).toMatchObject({
    hits: 1,
  })
  const other = Array.from({ length: 400 }, (_, i) => `f${i}`).find((row) => shardOf(row) === 1)!
  expect(await prisma.counter.create({ data: { id: other } })).toMatchObject({ id: other })
  expect(await plain.counter.count()).toBe(1)
  expect(await prisma.$cache.pending('Counter')).toMatchObject({ Counter: { count: 3, maxPending: 8 } })
  expect(stock).toEqual([
    { model: 'Counter', state: 'filling', rows: 2, bound: 2, onFull: 'reject' },
    { model: 'Counter', state: 'full', rows: 2, bound: 2, onFull: 'reject' },
  ])
  expect(warnings).toEqual([expect.stringContaining('2 rows of one shard are pending')])
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([])
})

test('writeThrough: it goes to Postgres, what is pending stays', async () => {
  const { prisma, plain, events } = extend(bench, { policies: set('writeThrough') })
  await fill(prisma)
  expect(await prisma.counter.create({ data: { id: rows[2]!, hits: 5 } })).toMatchObject({ hits: 5 })
  const updated = await prisma.counter.update({ where: { id: rows[2]! }, data: { hits: { increment: 1 } } })
  expect(updated).toMatchObject({ hits: 6 })
  expect(await prisma.counter.findUnique({ where: { id: rows[2]! } })).toMatchObject({ hits: 6 })
  expect(await plain.counter.findMany()).toMatchObject([{ id: rows[2], hits: 6 }])
  expect(await prisma.counter.update({ where: { id: rows[1]! }, data: { hits: 3 } })).toMatchObject({ hits: 3 })
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([
    'direct:Counter.create(maxPending)',
    'direct:Counter.update(maxPending)',
  ])
})

test('block: it waits for room', async () => {
  const { prisma, plain } = extend(bench, { policies: set('block') })
  await fill(prisma)
  const filled = new Promise<void>((resolve) => {
    prisma.$cache.on('stock', ({ state }) => state === 'full' && resolve())
  })
  const waiting = Promise.all(rows.slice(2, 12).map((id) => prisma.counter.create({ data: { id } })))
  await filled
  expect(await plain.counter.count()).toBe(0)
  await worker()
  expect(await waiting).toHaveLength(10)
  await prisma.$cache.flush('Counter')
  expect(await plain.counter.count()).toBe(12)
})
