import { cache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { writeToken } from '../../src/strategy/session-token.js'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    concurrency: 3,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

test('create, update, upsert, increment and delete are answered at once and applied by flush', async () => {
  const { prisma, plain, events } = extend(bench)
  const made = await prisma.counter.create({ data: { id: 'a', hits: 1 } })
  expect(made).toEqual({ id: 'a', hits: 1, total: 0n, label: 'none', note: null })
  const updated = await prisma.counter.update({
    where: { id: 'a' },
    data: { hits: { increment: 2 }, total: { increment: 9007199254740993n } },
    select: { hits: true, total: true },
  })
  expect(updated).toEqual({ hits: 3, total: 9007199254740993n })
  expect(await prisma.counter.upsert({ where: { id: 'b' }, create: { id: 'b' }, update: { hits: 5 } })).toMatchObject({
    hits: 0,
  })
  expect(await prisma.counter.upsert({ where: { id: 'b' }, create: { id: 'b' }, update: { note: 'n' } })).toMatchObject(
    { note: 'n' },
  )
  expect(await prisma.counter.findUnique({ where: { id: 'a' } })).toMatchObject({ hits: 3 })
  await prisma.$cache.flush('Counter')
  expect(await plain.counter.findMany({ orderBy: { id: 'asc' } })).toEqual([
    { id: 'a', hits: 3, total: 9007199254740993n, label: 'none', note: null },
    { id: 'b', hits: 0, total: 0n, label: 'none', note: 'n' },
  ])
  await prisma.counter.delete({ where: { id: 'b' } })
  expect(await prisma.counter.findUnique({ where: { id: 'b' } })).toBeNull()
  await expect(prisma.counter.findUniqueOrThrow({ where: { id: 'b' } })).rejects.toMatchObject({ code: 'P2025' })
  await prisma.$cache.flush()
  expect(await plain.counter.findUnique({ where: { id: 'b' } })).toBeNull()
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([])
  await expect(prisma.counter.update({ where: { id: 'b' }, data: { hits: 1 } })).rejects.toMatchObject({
    code: 'P2025',
  })
  await expect(prisma.counter.create({ data: { id: 'a' } })).rejects.toMatchObject({ code: 'P2002' })
  expect(await prisma.$cache.status('Counter', { id: 'a' })).toBe('clean')
})

test('lists, aggregates and relations of a session see its own accepted writes', async () => {
  const one = extend(bench)
  const two = extend(bench)
  await one.prisma.counter.create({ data: { id: 'list-1', hits: 1, label: 'seen' } })
  expect(await one.prisma.counter.findMany({ where: { label: 'seen' }, select: { id: true } })).toEqual([
    { id: 'list-1' },
  ])
  await one.prisma.counter.update({ where: { id: 'list-1' }, data: { hits: 7 } })
  expect((await one.prisma.counter.aggregate({ where: { label: 'seen' }, _sum: { hits: true } }))._sum.hits).toBe(7)
  const token = await one.prisma.$cache.session(async (session) => {
    await one.prisma.counter.update({ where: { id: 'list-1' }, data: { hits: 8 } })
    return session.token()
  })
  const seen = await two.prisma.$cache.session.resume(token, () =>
    two.prisma.counter.findMany({ where: { label: 'seen' } }),
  )
  expect(seen[0]!.hits).toBe(8)
})

test('a write that one row cannot answer flushes what it depends on and runs directly', async () => {
  const { prisma, events } = extend(bench)
  await prisma.counter.create({ data: { id: 'direct', hits: 1 } })
  await prisma.counter.updateMany({ where: { id: 'direct' }, data: { hits: { multiply: 10 } } })
  expect((await prisma.counter.findUnique({ where: { id: 'direct' } }))!.hits).toBe(10)
  expect((await prisma.counter.update({ where: { id: 'direct' }, data: { hits: { divide: 2 } } })).hits).toBe(5)
  await prisma.counter.update({ where: { id: 'direct' }, data: { hits: { increment: 1 } } })
  await prisma.$transaction(async (tx) => {
    await tx.counter.update({ where: { id: 'direct' }, data: { hits: { increment: 1 } } })
    await tx.counter.update({ where: { id: 'direct' }, data: { hits: { increment: 1 } } })
    expect((await tx.counter.findUnique({ where: { id: 'direct' } }))!.hits).toBe(8)
  })
  expect((await prisma.counter.findUnique({ where: { id: 'direct' } }))!.hits).toBe(8)
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([
    expect.stringMatching(/^direct:Counter.updateMany/),
    expect.stringMatching(/^direct:Counter.update/),
    'direct:Counter.update(transaction)',
    'direct:Counter.update(transaction)',
  ])
})

test('a row written past the queue while a change of it is pending is read as both', async () => {
  const { prisma } = extend(bench)
  const other = extend(bench)
  await prisma.counter.create({ data: { id: 'past', hits: 1 } })
  await prisma.$cache.flush()
  await prisma.counter.update({ where: { id: 'past' }, data: { hits: { increment: 1 } } })
  await other.prisma.counter.updateMany({ where: { id: 'past' }, data: { label: 'past' } })
  expect(await prisma.counter.findUnique({ where: { id: 'past' } })).toMatchObject({ hits: 2, label: 'past' })
  const answer = await prisma.counter.update({ where: { id: 'past' }, data: { hits: { increment: 1 } } })
  expect(answer).toMatchObject({ hits: 3, label: 'past' })
})

test('a change accepted while a wide write is under way is read on top of what that wrote', async () => {
  const gates = createGates()
  const wide = extend(bench, { gates })
  const { prisma } = extend(bench)
  const where = { id: 'during' }
  await prisma.counter.create({ data: { ...where, hits: 1 } })
  await prisma.$cache.flush()
  const statement = gates.hold('Counter.updateMany', 'before')
  const writing = start(wide.prisma.counter.updateMany({ where, data: { label: 'wide' } }))
  await statement.arrived
  await prisma.counter.update({ where, data: { hits: { increment: 1 } } })
  statement.open()
  await writing
  expect(await prisma.counter.findUnique({ where })).toMatchObject({ hits: 2, label: 'wide' })
  expect(await prisma.counter.update({ where, data: { hits: { increment: 1 } } })).toMatchObject({
    hits: 3,
    label: 'wide',
  })
})

test('a client that was disconnected accepts and flushes again', async () => {
  const { prisma, plain } = extend(bench)
  await prisma.counter.create({ data: { id: 'again' } })
  await prisma.$cache.flush()
  await prisma.$disconnect()
  await prisma.counter.update({ where: { id: 'again' }, data: { hits: 9 } })
  await prisma.$cache.flush('Counter')
  expect((await plain.counter.findUnique({ where: { id: 'again' } }))!.hits).toBe(9)
})

test('a strong read of a list sees what any session has accepted', async () => {
  const { prisma } = extend(bench)
  const other = extend(bench)
  await prisma.counter.create({ data: { id: 'anybody', label: 'strong' } })
  const seen = await other.prisma.counter.findMany({ where: { label: 'strong' }, ...cache({ consistency: 'strong' }) })
  expect(seen.map((row) => row.id)).toEqual(['anybody'])
})

test('a selection that only Prisma can make sees what anybody has pending on the row', async () => {
  const { prisma } = extend(bench)
  const other = extend(bench)
  await prisma.counter.create({ data: { id: 'omits', note: 'pending' } })
  expect(await other.prisma.counter.findUnique({ where: { id: 'omits' }, omit: { hits: true } })).toMatchObject({
    note: 'pending',
  })
})

test('a strong read, and one that may not believe the cache, see what anybody has pending on the row', async () => {
  const { prisma } = extend(bench)
  const other = extend(bench)
  const where = { id: 'pending-strong' }
  await prisma.counter.create({ data: { ...where, hits: 1 } })
  // A session in which the publication of some write to Counter failed, in another process.
  const state = { versions: {}, floors: {}, unpublished: ['*Counter'], pending: {} }
  const token = writeToken(state, { namespace: bench.namespace, secret: undefined, lifeMs: 60_000 })
  const mistrusting = await other.prisma.$cache.session.resume(token, () => other.prisma.counter.findUnique({ where }))
  expect(mistrusting).toMatchObject({ hits: 1 })
  await prisma.counter.update({ where, data: { hits: 2 } })
  expect(await other.prisma.counter.findUnique({ where, ...cache({ consistency: 'strong' }) })).toMatchObject({
    hits: 2,
  })
})

test('many writers on one row: the count is exact, and so is every answer', async () => {
  const clients = [extend(bench), extend(bench)]
  await clients[0]!.prisma.counter.create({ data: { id: 'hot' } })
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) =>
      clients[i % 2]!.prisma.counter.update({ where: { id: 'hot' }, data: { hits: { increment: 1 } } }),
    ),
  )
  expect(new Set(answers.map((answer) => answer.hits)).size).toBe(500)
  await clients[0]!.prisma.$cache.flush('Counter')
  expect((await clients[0]!.plain.counter.findUnique({ where: { id: 'hot' } }))!.hits).toBe(500)
  expect(await clients[0]!.prisma.$cache.pending('Counter')).toMatchObject({
    Counter: { count: 0, oldestAgeMs: 0, maxPending: 100_000 },
  })
})

test('what Postgres refuses is rejected in the open, and the rest applied', async () => {
  const { prisma, plain } = extend(bench)
  await plain.$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
  await prisma.counter.create({ data: { id: 'fine' } })
  await prisma.counter.create({ data: { id: 'poison', hits: -1 } })
  await expect(prisma.$cache.flush('Counter')).rejects.toMatchObject({
    code: 'PC1303',
    rejected: [expect.objectContaining({ model: 'Counter', row: 'poison' })],
  })
  expect(await plain.counter.findUnique({ where: { id: 'fine' } })).not.toBeNull()
  expect(await prisma.counter.findUnique({ where: { id: 'poison' } })).toBeNull()
  expect(await prisma.$cache.status('Counter', { id: 'poison' })).toBe('rejected')
})

test('a rejected write fails no read', async () => {
  const { prisma } = extend(bench)
  const other = extend(bench)
  await prisma.counter.create({ data: { id: 'read', hits: 1 } })
  await prisma.$cache.flush('Counter')
  await prisma.counter.update({ where: { id: 'read' }, data: { hits: -5 } })
  await other.prisma.$cache.invalidate('Counter') // what is pending rests on an older base now
  expect((await prisma.counter.findUnique({ where: { id: 'read' } }))!.hits).toBe(1)
  await prisma.counter.update({ where: { id: 'read' }, data: { hits: -6 } })
  expect((await prisma.counter.findMany({ where: { id: 'read' } }))[0]!.hits).toBe(1)
})

test('read: none sees whatever is pending on the row, as another read of it does', async () => {
  const one = extend(bench)
  const two = extend(bench)
  await one.prisma.counter.create({ data: { id: 'read-none', hits: 1 } })
  const where = { id: 'read-none' }
  expect(await two.prisma.counter.findUnique({ where })).toMatchObject({ hits: 1 })
  const past = cache({ read: 'none' })
  expect(await two.prisma.counter.findUnique({ where, ...past })).toMatchObject({ hits: 1 })
  await one.prisma.counter.create({ data: { id: 'read-none-strong' } })
  const strong = cache({ read: 'none', consistency: 'strong' })
  expect(await two.prisma.counter.count({ where: { id: 'read-none-strong' }, ...strong })).toBe(1)
})
