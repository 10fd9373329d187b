import type { ModelPolicy, PolicySet } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

/** `Account` in the class where readers fill under a fence; a version for each kind of model. */
const VERSION: Record<string, string> = { Account: 'version', Post: 'views', Counter: 'total' }
const set = policies as PolicySet
const versioned: PolicySet = {
  ...set,
  models: Object.fromEntries(
    Object.entries(set.models).map(([name, entry]) => {
      const consistency = name === 'Account' ? { consistency: 'session' } : {}
      const version = VERSION[name]
      const fieldPolicies = { omit: [], scope: [], ...(version ? { version } : {}) }
      return [name, { ...entry, policy: { ...entry.policy, ...consistency } as ModelPolicy, fieldPolicies }]
    }),
  ),
}

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies: versioned,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

test('each update counts the version up by one, in the same statement and in the answer', async () => {
  const { prisma, plain } = extend(bench, { policies: versioned })
  const where = { id: 'count' }
  const versionNow = async () => (await plain.account.findUnique({ where }))!.version
  expect((await prisma.account.create({ data: { ...where, owner: 'a', balance: 1 } })).version).toBe(0)
  expect((await prisma.account.update({ where, data: { owner: 'b' } })).version).toBe(1)
  expect(await prisma.account.update({ where, data: { owner: 'c' }, select: { owner: true } })).toEqual({ owner: 'c' })
  await prisma.account.updateMany({ where, data: { balance: { increment: 1 } } })
  expect((await prisma.account.updateManyAndReturn({ where, data: { owner: 'd' } }))[0]!.version).toBe(4)
  const created = { ...where, owner: 'x', balance: 0 }
  expect((await prisma.account.upsert({ where, create: created, update: { owner: 'e' } })).version).toBe(5)
  await prisma.$transaction((tx) => tx.account.update({ where, data: { owner: 'f' } }))
  await prisma.$transaction([prisma.account.update({ where, data: { owner: 'g' } })])
  expect(await versionNow()).toBe(7)
  expect((await prisma.account.findUnique({ where }))!.version).toBe(7)
  // What changes nothing counts nothing, and what the caller sets stands.
  await prisma.account.upsert({ where, create: created, update: {} })
  expect(await versionNow()).toBe(7)
  await prisma.account.update({ where: { ...where, version: 7 }, data: { version: 20 } })
  expect(await versionNow()).toBe(20)
  const user = await prisma.user.create({ data: { email: 'v@x', posts: { create: { title: 'p' } } } })
  const [post] = await plain.post.findMany({ where: { authorId: user.id } })
  await prisma.user.update({
    where: { id: user.id },
    data: { posts: { update: { where: { id: post!.id }, data: { title: 'q' } } } },
  })
  expect((await plain.post.findUnique({ where: { id: post!.id } }))!.views).toBe(1)
})

test('an accepted update counts too, exactly once each', async () => {
  const { prisma, plain, events } = extend(bench, { policies: versioned })
  await prisma.counter.create({ data: { id: 'queued' } })
  for (let i = 0; i < 5; i++) await prisma.counter.update({ where: { id: 'queued' }, data: { note: `${i}` } })
  expect((await prisma.counter.findUnique({ where: { id: 'queued' } }))!.total).toBe(5n)
  await prisma.$cache.flush()
  expect((await plain.counter.findUnique({ where: { id: 'queued' } }))!.total).toBe(5n)
  expect(events().filter((event) => event.startsWith('direct'))).toEqual([])
})

test('Prisma’s error is about what the caller wrote', async () => {
  const gates = createGates()
  const { prisma } = extend(bench, { policies: versioned, gates })
  const wrong = prisma.account.update({ where: { id: 'count' }, data: { nonsense: 1 } as never })
  await expect(wrong).rejects.toMatchObject({ name: 'PrismaClientValidationError' })
  await expect(wrong).rejects.not.toMatchObject({ message: expect.stringContaining('increment') })
  // In an array what is sent a second time would be committed alone.
  const before = gates.count('Account.update')
  const array = prisma.$transaction([
    prisma.account.update({ where: { id: 'count' }, data: { nonsense: 1 } as never }),
    prisma.team.create({ data: { name: 'array' } }),
  ])
  await expect(array).rejects.toMatchObject({ name: 'PrismaClientValidationError' })
  expect(gates.count('Account.update') - before).toBe(1)
})

test('a row that somebody outside changed while the writer was on its way, and a reader has cached, is not put over', async () => {
  const gates = createGates()
  const writer = extend(bench, { policies: versioned, gates })
  const reader = extend(bench, { policies: versioned })
  const where = { id: 'outside' }
  await writer.prisma.account.create({ data: { ...where, owner: 'first', balance: 1 } })
  const committed = gates.hold('Account.update', 'after')
  const writing = start(writer.prisma.account.update({ where, data: { owner: 'ours' } }))
  await committed.arrived
  await reader.plain.account.update({ where, data: { owner: 'theirs', version: { increment: 1 } } })
  const filled = reader.until('fill')
  expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('theirs')
  await filled
  committed.open()
  expect((await writing).owner).toBe('ours')
  expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('theirs')
})

test('what a reader cached before the statement does not keep the row from being put, nor does a row made anew', async () => {
  const gates = createGates()
  const writer = extend(bench, { policies: versioned, gates })
  const reader = extend(bench, { policies: versioned })
  const where = { id: 'anew' }
  const row = { ...where, owner: 'first', balance: 1 }
  const puts: boolean[] = []
  writer.prisma.$cache.on('publish', ({ put }) => void puts.push(put))
  await writer.prisma.account.create({ data: { ...row, version: 40 } })
  const sent = gates.hold('Account.update', 'before')
  const writing = start(writer.prisma.account.update({ where, data: { owner: 'second' } }))
  await sent.arrived
  const filled = reader.until('fill')
  await reader.prisma.account.findUnique({ where })
  await filled
  sent.open()
  await writing
  await writer.prisma.account.delete({ where })
  await writer.prisma.account.create({ data: row })
  expect(puts).toEqual([true, true, false, true])
  reader.events()
  expect((await reader.prisma.account.findUnique({ where }))!.version).toBe(0)
  expect(reader.events()).toEqual(['hit:Account.findUnique'])
})
