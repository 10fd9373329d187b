import type { PolicySet } from '@prisma-cache/policy-dsl'
import { startPostgres } from '@prisma-cache/servers'
import { definePolicies, writeBehind } from 'prisma-cache'
import { type FlushWorker, startFlushWorker } from 'prisma-cache/worker'
import { shardOf } from '../../src/protocol/keys.js'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'
import { flusherOf, startWorker } from './support/flush-worker.js'

const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '20ms', durability: 'memory', maxBatch: 5 }),
})

describe('a rolling deploy of workers', () => {
  let bench: FlushBench
  beforeEach(async () => {
    bench = await createFlushBench()
  })
  afterEach(() => bench.close())

  /** The policies of a release whose model has no field of this name. */
  function without(field: string): PolicySet {
    const { Counter } = bench.policies.models
    const { facts } = Counter!
    const older = { ...facts, shapeHash: 'older', fields: facts.fields.filter(({ name }) => name !== field) }
    return { ...bench.policies, models: { ...bench.policies.models, Counter: { ...Counter!, facts: older } } }
  }
  const counter = (id: string) => ({ id, hits: 0, total: 0n, label: 'none', note: null })

  it('a worker that does not know a field leaves what sets it pending, with the reason; a newer one applies it', async () => {
    const told: string[] = []
    let tell = () => {}
    const failed = new Promise<void>((resolve) => {
      tell = resolve
    })
    const older = await startWorker(bench, {
      policies: without('note'),
      onError(error) {
        told.push((error as Error).message)
        tell()
      },
    })
    const flusher = flusherOf(bench)
    const sequence = await bench.accept('Counter', 'new', { kind: 'C', set: { ...counter('new'), note: 'new field' } })
    flusher.schedule('Counter', shardOf('new'), 0)
    await failed
    expect(told[0]).toMatch(/sets note, which this worker's policies do not have/)
    expect(await bench.prisma.counter.findUnique({ where: { id: 'new' } })).toBeNull()
    await older.close()
    await startWorker(bench)
    await flusher.flushUpTo(bench.marks('Counter', 'new', sequence))
    expect(await bench.prisma.counter.findUnique({ where: { id: 'new' } })).toMatchObject({ note: 'new field' })
    expect(await flusher.rejected(['Counter'])).toEqual([])
  })

  it('a row that an older client has made gets the column’s default from a newer worker, which caches it whole', async () => {
    await startWorker(bench)
    const flusher = flusherOf(bench)
    const { label: _, ...older } = counter('old')
    const first = await bench.accept('Counter', 'old', { kind: 'C', set: older })
    await flusher.flushUpTo(bench.marks('Counter', 'old', first))
    const second = await bench.accept('Counter', 'old', { kind: 'U', set: { hits: 3 } })
    await flusher.flushUpTo(bench.marks('Counter', 'old', second))
    const { prisma, events } = extend(bench)
    expect(await prisma.counter.findUnique({ where: { id: 'old' } })).toEqual({ ...counter('old'), hits: 3 })
    expect(events()).toContain('hit:Counter.findUnique')
  })
})

test('workers that come and go under load: each increment is applied once, and each row that is made is there', async () => {
  const bench = await createBench()
  const shared = { policies, redis: bench.redisUrl, namespace: bench.namespace, sweepEveryMs: 200 }
  const plain = bench.plain()
  const start = () => startFlushWorker({ ...shared, prisma: plain })
  const fleet: FlushWorker[] = [await start(), await start()]
  const clients = [extend(bench, { policies }).prisma, extend(bench, { policies }).prisma]
  const rows = Array.from({ length: 12 }, (_, i) => `r${i}`)
  await plain.counter.createMany({ data: rows.map((id) => ({ id })) })
  const changing = (async () => {
    for (let replaced = 0; replaced < 4; replaced++) {
      const [oldest] = fleet.splice(0, 1)
      fleet.push(await start())
      await oldest!.close({ deadlineMs: 5000 })
    }
  })()
  await Promise.all(
    clients.map(async (prisma, c) => {
      for (let i = 0; i < 40; i++) {
        const id = rows[(i * 7 + c) % rows.length]!
        await prisma.counter.update({ where: { id }, data: { hits: { increment: 1 } } })
        if (i % 20 === 0) await prisma.counter.create({ data: { id: `made ${c} ${i}` } })
      }
    }),
  )
  await changing
  await clients[0]!.$cache.flush()
  const sum = await plain.counter.aggregate({ _sum: { hits: true }, _count: true })
  expect(sum).toEqual({ _sum: { hits: 80 }, _count: rows.length + 4 })
  for (const worker of fleet) await worker.close()
  await bench.close()
}, 60_000)

test('Postgres down under load: writes of rows that are known go on, and all of them are applied once it is back', async () => {
  const server = await startPostgres()
  const before = process.env.TEST_DATABASE_URL!
  process.env.TEST_DATABASE_URL = server.url
  const bench = await createBench()
  process.env.TEST_DATABASE_URL = before
  const failures: unknown[] = []
  let tellFailed = () => {}
  const failed = new Promise<void>((resolve) => {
    tellFailed = resolve
  })
  const worker = await startFlushWorker({
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    prisma: bench.plain(),
    onError(error) {
      failures.push(error)
      tellFailed()
    },
  })
  const { prisma } = extend(bench, { policies })
  const rows = Array.from({ length: 10 }, (_, i) => `r${i}`)
  for (const id of rows) await prisma.counter.create({ data: { id } })
  await prisma.$cache.flush()
  const increment = (n: number) =>
    prisma.counter.update({ where: { id: rows[n % rows.length]! }, data: { hits: { increment: 1 } } })
  for (let n = 0; n < 50; n++) await increment(n)
  await server.kill('KILL')
  for (let n = 50; n < 150; n++) await increment(n)
  await failed
  expect((await prisma.$cache.pending('Counter')).Counter!.count).toBe(rows.length)
  expect(await prisma.counter.findUnique({ where: { id: 'r0' } })).toMatchObject({ hits: 15 })
  await server.restart()
  for (let n = 150; n < 200; n++) await increment(n)
  await prisma.$cache.flush()
  const found = await bench.plain().counter.findMany({ orderBy: { id: 'asc' } })
  expect(found.map(({ hits }) => hits)).toEqual(rows.map(() => 20))
  await worker.close()
  await bench.close()
  await server.stop()
}, 60_000)
