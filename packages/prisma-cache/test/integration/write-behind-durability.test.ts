import { startRedis } from '@prisma-cache/servers'
import { cache } from 'prisma-cache'
import { type FlushWorker, startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
let worker: FlushWorker
beforeAll(async () => {
  bench = await createBench()
  worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    sweepEveryMs: 600_000,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

const applied = cache({ durability: 'applied' })

test('applied: the row is in Postgres when the write is answered', async () => {
  const { prisma, plain, events } = extend(bench)
  const room = await prisma.room.create({ data: { name: 'a' }, ...applied })
  expect(await plain.room.findUnique({ where: { id: room.id } })).toEqual(room)
  const where = { id: room.id }
  await prisma.room.update({ where, data: { uses: { increment: 1 } } })
  expect(await prisma.$cache.status('Room', where)).toBe('pending')
  expect(await prisma.room.update({ where, data: { uses: { increment: 1 } }, ...applied })).toMatchObject({ uses: 2 })
  expect(await plain.room.findUnique({ where })).toMatchObject({ uses: 2 })
  expect(events().filter((event) => !event.startsWith('accept'))).toEqual([])
})

test('many that wait for it share few flushes', async () => {
  const { prisma } = extend(bench)
  let flushes = 0
  const off = worker.on('flush', () => void flushes++)
  const rooms = await Promise.all(Array.from({ length: 300 }, () => prisma.room.create({ data: {}, ...applied })))
  off()
  expect(await bench.plain().room.count({ where: { id: { in: rooms.map(({ id }) => id) } } })).toBe(300)
  expect(flushes).toBeLessThan(60)
})

test('it rejects with the rejection of this write, and of no other', async () => {
  const { prisma, plain } = extend(bench)
  await plain.$executeRaw`alter table "Room" add constraint "no_minus" check (uses >= 0)`
  const good = Array.from({ length: 20 }, () => prisma.room.create({ data: {}, ...applied }))
  const bad = Array.from({ length: 8 }, (_, i) =>
    prisma.room.create({ data: { id: `bad-${i}`, uses: -1 }, ...applied }),
  )
  expect(await Promise.all(good)).toHaveLength(20)
  for (const [i, settled] of (await Promise.allSettled(bad)).entries()) {
    expect(settled).toMatchObject({ status: 'rejected', reason: { code: 'PC1303', rejected: [{ row: `bad-${i}` }] } })
  }
})

test('a promise that Redis cannot keep is refused before anything is accepted', async () => {
  const { prisma } = extend(bench)
  await expect(prisma.room.create({ data: {}, ...cache({ durability: 'replicated(2)' }) })).rejects.toThrow(
    /PC1102: a write to Room asks for durability replicated\(2\).*0 connected replicas/,
  )
  const server = await startRedis({ appendOnly: false })
  bench.onClose(() => server.stop())
  const volatile = extend(bench, { redis: server.url })
  await expect(volatile.prisma.room.create({ data: {}, ...cache({ durability: 'fsync' }) })).rejects.toMatchObject({
    code: 'PC1102',
  })
  expect(await volatile.prisma.room.create({ data: {} })).toMatchObject({ uses: 0 })
  await expect(volatile.prisma.visit.create({ data: { counterId: 'a' } })).rejects.toMatchObject({ code: 'PC1102' })
  const memory = cache({ durability: 'memory' })
  expect(await volatile.prisma.visit.create({ data: { counterId: 'a' }, ...memory })).toMatchObject({ counterId: 'a' })
}, 20_000)

test('a write that goes direct is in Postgres anyhow', async () => {
  const { prisma, plain } = extend(bench)
  expect(await prisma.room.createMany({ data: [{ id: 'many' }], ...applied })).toEqual({ count: 1 })
  const where = { id: 'many' }
  await prisma.$transaction([prisma.room.update({ where, data: { uses: 1 }, ...applied })])
  await prisma.$transaction((tx) => tx.room.update({ where, data: { uses: { increment: 1 } }, ...applied }))
  expect(await plain.room.findUnique({ where })).toMatchObject({ uses: 2 })
})

test('elsewhere the word is refused', async () => {
  const { prisma } = extend(bench)
  const code = { code: 'PC1401' }
  await expect(prisma.team.create({ data: { name: 'x' }, ...applied })).rejects.toThrow(
    /PC1401.*Team is not written behind \(invalidate\)/,
  )
  await expect(prisma.room.findMany({ ...applied })).rejects.toMatchObject(code)
  await expect(prisma.room.create({ data: {}, ...cache(false) })).rejects.toMatchObject(code)
  await expect(prisma.room.create({ data: {}, ...cache({ ttl: '1s' }) })).rejects.toMatchObject(code)
  for (const durability of ['disk', 'replicated(0)', 'replicated(101)', 'replicated', 2, undefined]) {
    expect(() => cache({ durability: durability as 'fsync' })).toThrow(/PC1401/)
  }
})
