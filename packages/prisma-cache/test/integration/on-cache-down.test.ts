import { type RedisServer, startRedis } from '@prisma-cache/servers'
import type { ModelPolicy, PolicySet } from 'prisma-cache'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates } from './support/gate.js'

let bench: Bench
let server: RedisServer
beforeAll(async () => {
  bench = await createBench()
  server = await startRedis()
})
afterAll(async () => {
  await bench.close()
  await server.stop()
})

/** The generated policies, with `onCacheDown` of some models. */
function policiesWith(wanted: Record<string, 'bypass' | 'reject'>): PolicySet {
  const set = policies as PolicySet
  const models = Object.entries(set.models).map(([name, entry]) => {
    const onCacheDown = wanted[name]
    return [name, onCacheDown ? { ...entry, policy: { ...entry.policy, onCacheDown } as ModelPolicy } : entry]
  })
  return { ...set, models: Object.fromEntries(models) }
}

const DOWN = 'redis://127.0.0.1:1'
const PC1101 = (model: string) => ({ code: 'PC1101', message: expect.stringContaining(`${model} takes no write`) })

/** No statement of these operations may reach the database. */
function rejecting() {
  const gates = createGates()
  const client = extend(bench, {
    redis: DOWN,
    gates,
    policies: policiesWith({ User: 'reject', Profile: 'reject', Team: 'reject', Post: 'bypass' }),
  })
  return { ...client, gates }
}

test('reject: each kind of write fails before Postgres is touched', async () => {
  const { prisma, plain, gates } = rejecting()
  await plain.user.create({ data: { id: 1, email: 'down@x', name: 'old' } })
  const where = { id: 1 }
  const writes: [string, () => PromiseLike<unknown>][] = [
    ['create', () => prisma.user.create({ data: { email: 'a@x' } })],
    ['createMany', () => prisma.user.createMany({ data: [{ email: 'a@x' }] })],
    ['createManyAndReturn', () => prisma.user.createManyAndReturn({ data: [{ email: 'a@x' }] })],
    ['update', () => prisma.user.update({ where, data: { name: 'new' } })],
    ['updateMany', () => prisma.user.updateMany({ data: { name: 'new' } })],
    ['updateManyAndReturn', () => prisma.user.updateManyAndReturn({ data: { name: 'new' } })],
    ['upsert', () => prisma.user.upsert({ where, create: { email: 'a@x' }, update: { name: 'new' } })],
    ['delete', () => prisma.user.delete({ where })],
    ['deleteMany', () => prisma.user.deleteMany()],
  ]
  for (const [operation, write] of writes) {
    await expect(write()).rejects.toMatchObject(PC1101('User'))
    expect(gates.count(`User.${operation}`)).toBe(0)
  }
  expect(await plain.user.findMany()).toMatchObject([{ id: 1, email: 'down@x', name: 'old' }])
  expect(await prisma.user.findUnique({ where })).toMatchObject({ name: 'old' }) // no read fails
})

test('reject: also where a nested write, a cascade or raw SQL reaches the model', async () => {
  const { prisma, plain, gates } = rejecting()
  await plain.user.create({ data: { id: 2, email: 'nested@x', posts: { create: { id: 2, title: 'old' } } } })
  const nested = prisma.post.update({ where: { id: 2 }, data: { author: { update: { name: 'new' } } } })
  await expect(nested).rejects.toMatchObject(PC1101('User'))
  await expect(prisma.$executeRaw`update "User" set name = 'new'`).rejects.toMatchObject(PC1101('User'))
  await expect(
    prisma.$cache.writes(['Team'], () => prisma.$executeRaw`select pg_notify('x', 'y')`),
  ).rejects.toMatchObject(PC1101('Team'))
  expect(gates.count('Post.update')).toBe(0)
  expect(gates.count('$executeRaw')).toBe(0)
  expect((await plain.user.findUnique({ where: { id: 2 } }))!.name).toBeNull()
  // What touches none of them goes on, and what cannot be known is declared.
  expect((await prisma.post.update({ where: { id: 2 }, data: { title: 'new' } })).title).toBe('new')
  const read = prisma.$cache.writes([], () => prisma.$queryRaw`select count(*)::int as n from "User"`)
  await expect(read).resolves.toEqual([{ n: expect.any(Number) }])
})

test('reject: a cascade into the model counts, deletes of the parent are refused', async () => {
  const client = extend(bench, { redis: DOWN, policies: policiesWith({ Profile: 'reject' }) })
  await client.plain.user.create({ data: { id: 3, email: 'cascade@x', profile: { create: { bio: 'b' } } } })
  await expect(client.prisma.user.delete({ where: { id: 3 } })).rejects.toMatchObject(PC1101('Profile'))
  expect(await client.plain.profile.count({ where: { userId: 3 } })).toBe(1)
})

test('reject: in a transaction the write rejects, and the transaction with it', async () => {
  const { prisma, plain } = rejecting()
  await plain.post.create({ data: { id: 4, title: 'old' } })
  const transaction = prisma.$transaction(async (tx) => {
    await tx.post.update({ where: { id: 4 }, data: { title: 'rolled back' } })
    await tx.user.create({ data: { email: 'tx@x' } })
  })
  await expect(transaction).rejects.toMatchObject(PC1101('User'))
  expect((await plain.post.findUnique({ where: { id: 4 } }))!.title).toBe('old')
  const array = prisma.$transaction([
    prisma.post.update({ where: { id: 4 }, data: { title: 'rolled back' } }),
    prisma.team.create({ data: { name: 'x' } }),
  ])
  await expect(array).rejects.toMatchObject(PC1101('Team'))
  expect((await plain.post.findUnique({ where: { id: 4 } }))!.title).toBe('old')
})

test('reject: a write-through model that cannot be fenced is refused in every class', async () => {
  const client = extend(bench, { redis: DOWN, policies: policiesWith({ Setting: 'reject' }) })
  const write = client.prisma.setting.create({ data: { scope: 's', key: 'k', value: 1 } })
  await expect(write).rejects.toMatchObject(PC1101('Setting'))
  expect(await client.plain.setting.count()).toBe(0)
})

test('a write that reaches a write-behind model past the queue is refused: what is pending would be applied over it', async () => {
  const client = extend(bench, { redis: DOWN })
  await client.plain.counter.create({ data: { id: 'raw', hits: 1 } })
  await expect(client.prisma.$executeRaw`update "Counter" set hits = 2`).rejects.toMatchObject({
    code: 'PC1306',
    message: expect.stringContaining('pending on Counter'),
  })
  await expect(client.prisma.counter.updateMany({ data: { hits: 2 } })).rejects.toMatchObject({ code: 'PC1306' })
  expect((await client.plain.counter.findUnique({ where: { id: 'raw' } }))!.hits).toBe(1)
})

test('bypass: a strong model that says so is written while Redis is down, and its tags are owed', async () => {
  const client = extend(bench, { redis: DOWN, policies: policiesWith({ Account: 'bypass' }) })
  const made = await client.prisma.account.create({ data: { id: 'bypass', owner: 'x', balance: 1 } })
  expect(await client.plain.account.findUnique({ where: { id: 'bypass' } })).toEqual(made)
  await client.prisma.$transaction((tx) => tx.account.update({ where: { id: 'bypass' }, data: { owner: 'y' } }))
  expect((await client.prisma.account.findUnique({ where: { id: 'bypass' } }))!.owner).toBe('y')
  expect(client.events().filter((event) => event === 'unpublished')).toHaveLength(2)
})

test('bypass: a strong transaction that loses Redis commits, and reject takes none from then on', async () => {
  const models = { Account: 'bypass', Team: 'reject' } as const
  const client = extend(bench, { redis: server.url, lease: 300, policies: policiesWith(models) })
  await client.prisma.account.create({ data: { id: 'lost', owner: 'old', balance: 1 } })
  await client.prisma.team.create({ data: { id: 50, name: 'up' } })
  await client.prisma.$transaction(async (tx) => {
    await tx.account.update({ where: { id: 'lost' }, data: { owner: 'new' } })
    await server.kill('KILL')
    await client.plain.$queryRaw`select pg_sleep(0.5)::text` // longer than the lease, past the cache
  })
  expect((await client.plain.account.findUnique({ where: { id: 'lost' } }))!.owner).toBe('new')
  const write = client.prisma.team.update({ where: { id: 50 }, data: { name: 'down' } })
  await expect(write).rejects.toMatchObject(PC1101('Team'))
  expect((await client.plain.team.findUnique({ where: { id: 50 } }))!.name).toBe('up')
})
