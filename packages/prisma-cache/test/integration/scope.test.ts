import { PrismaPg } from '@prisma/adapter-pg'
import type { PolicySet } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const SCOPE: Record<string, string[]> = {
  Account: ['owner'], // write-through, strong
  Team: ['name'], // invalidate, included by User
  Setting: ['scope'], // in the primary key
  Counter: ['label'], // write-behind
}

const set = policies as PolicySet
const scoped: PolicySet = {
  ...set,
  models: Object.fromEntries(
    Object.entries(set.models).map(([name, entry]) => {
      return [name, { ...entry, fieldPolicies: { omit: [], scope: SCOPE[name] ?? [] } }]
    }),
  ),
}

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies: scoped,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

test('a row is put, and cached as absent, under its own scope only; both die when it moves', async () => {
  const { prisma, events, until } = extend(bench, { policies: scoped })
  const id = 'scoped'
  const of = (owner: string) => prisma.account.findUnique({ where: { id, owner } })
  await prisma.account.create({ data: { id, owner: 'a', balance: 1 } })
  events()
  expect(await of('a')).toMatchObject({ owner: 'a' })
  expect(events()).toEqual(['hit:Account.findUnique'])
  const filled = until('fill')
  expect(await of('b')).toBeNull()
  await filled
  expect(await of('b')).toBeNull()
  expect(await of('a')).toMatchObject({ owner: 'a' })
  expect(events().filter((event) => event.startsWith('hit'))).toHaveLength(2)
  await prisma.account.update({ where: { id, owner: 'a' }, data: { owner: 'b' } })
  events()
  expect(await of('b')).toMatchObject({ owner: 'b' })
  expect(await of('a')).toBeNull()
  expect(events()[0]).toBe('hit:Account.findUnique')
  await prisma.$transaction((tx) => tx.account.update({ where: { id }, data: { balance: 2 } }))
  expect(Number((await of('b'))!.balance)).toBe(2)
  expect(await of('a')).toBeNull()
  await prisma.account.delete({ where: { id } })
  expect(await of('b')).toBeNull()
})

test('a compound key that holds the scope pins it', async () => {
  const { prisma, events } = extend(bench, { policies: scoped })
  const where = (scope: string) => ({ where: { scope_key: { scope, key: 'k' } } })
  await prisma.setting.create({ data: { scope: 'a', key: 'k', value: 1 } })
  events()
  expect(await prisma.setting.findUnique(where('a'))).toMatchObject({ value: 1 })
  expect(await prisma.setting.findUnique(where('b'))).toBeNull()
  expect(events().slice(0, 2)).toEqual(['hit:Setting.findUnique', 'miss:Setting.findUnique(absent)'])
})

test('row-level security: two sessions ask the same, and each gets its own rows', async () => {
  const { plain } = extend(bench, { policies: scoped })
  const role = `r_${bench.namespace}`
  for (const sql of [
    `create role ${role}`,
    `grant all on all tables in schema public to ${role}`,
    'alter table "Team" enable row level security',
    `create policy tenant on "Team" using (name = current_setting('app.tenant'))`,
  ]) {
    await plain.$executeRawUnsafe(sql)
  }
  await plain.team.createMany({
    data: [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ],
  })
  await plain.user.create({ data: { id: 1, email: 'rls@x', teams: { connect: [{ id: 1 }, { id: 2 }] } } })
  const sessionOf = (tenant: string) => {
    const options = `-c role=${role} -c app.tenant=${tenant}`
    const client = new PrismaClient({
      adapter: new PrismaPg({ connectionString: bench.databaseUrl, max: 2, options }),
    })
    bench.onClose(() => client.$disconnect())
    return extend(bench, { policies: scoped, plain: client })
  }
  const [a, b] = [sessionOf('a'), sessionOf('b')]
  const questions: ((p: typeof a.prisma) => PromiseLike<unknown>)[] = [
    (p) => p.team.findMany(),
    (p) => p.team.findUnique({ where: { id: 1 } }),
    (p) => p.team.findFirst({ where: { id: { in: [1, 2] } } }),
    (p) => p.team.count(),
    (p) => p.team.groupBy({ by: ['name'], _count: true, orderBy: { name: 'asc' } }),
    (p) => p.user.findUnique({ where: { id: 1 }, include: { teams: true } }),
    (p) => p.user.findUnique({ where: { id: 1 }, include: { _count: true } }),
    (p) => p.user.count({ where: { teams: { every: { name: 'a' } } } }),
  ]
  // Each question also concurrently: no load is shared between the sessions.
  for (const ask of [...questions, ...questions]) {
    for (const { prisma, plain: bare } of [a, b]) {
      expect(await ask(prisma)).toEqual(await ask(bare as never))
    }
  }
  const own = (p: typeof a.prisma, name: string) => p.team.findMany({ where: { name } })
  const filled = a.until('fill')
  expect(await own(a.prisma, 'a')).toEqual([{ id: 1, name: 'a' }])
  await filled
  a.events()
  expect(await own(a.prisma, 'a')).toEqual([{ id: 1, name: 'a' }])
  expect(a.events()).toEqual(['hit:Team.findMany'])
  expect(await own(b.prisma, 'b')).toEqual([{ id: 2, name: 'b' }])
  expect([...a.events(), ...b.events()]).not.toContain('hit:Team.findUnique')
  await plain.$executeRawUnsafe('alter table "Team" disable row level security')
  await plain.$executeRawUnsafe(`drop owned by ${role}`)
  await plain.$executeRawUnsafe(`drop role ${role}`)
})

test('a pending row answers those alone who name its scope', async () => {
  const { prisma, events } = extend(bench, { policies: scoped })
  const other = extend(bench, { policies: scoped })
  await prisma.counter.create({ data: { id: 'p', label: 'a', hits: 3 } })
  const of = (client: typeof prisma, label: string) => client.counter.findUnique({ where: { id: 'p', label } })
  expect(await of(prisma, 'a')).toMatchObject({ hits: 3 })
  expect(events()).toContain('hit:Counter.findUnique')
  expect(await of(other.prisma, 'b')).toBeNull()
  expect(await of(prisma, 'b')).toBeNull()
  expect(await of(prisma, 'a')).toMatchObject({ hits: 3 })
  // What the worker puts lies under the scope too.
  await prisma.counter.create({ data: { id: 'put', label: 'a', hits: 4 } })
  await prisma.$cache.flush()
  events()
  const put = (label: string) => prisma.counter.findUnique({ where: { id: 'put', label } })
  expect(await put('b')).toBeNull()
  expect(await put('a')).toMatchObject({ hits: 4 })
  expect(events().filter((event) => event.startsWith('hit'))).toEqual(['hit:Counter.findUnique'])
  await prisma.counter.create({ data: { id: 'seen', label: 'a', hits: 5 } })
  expect((await other.prisma.counter.findUnique({ where: { id: 'seen', label: 'a' } }))!.hits).toBe(5)
  expect((await other.prisma.counter.findUnique({ where: { id: 'seen' } }))!.hits).toBe(5)
  events()
  await prisma.counter.update({ where: { id: 'p' }, data: { label: 'b' } })
  expect(events()).toContain('direct:Counter.update(its rows are of a scope)')
  expect(await of(other.prisma, 'b')).toMatchObject({ hits: 3 })
  expect(await of(other.prisma, 'a')).toBeNull()
})
