import type { ModelEntry, ModelPolicy, PolicySet } from 'prisma-cache'
import { cache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

/** `Profile` becomes a view over users, posts and counters; a trigger on teams writes settings. */
const SQL = [
  'drop table "Profile"',
  `create view "Profile" as select u.id, u.id as "userId",
     concat_ws(' ', u.name, count(p.id), (select sum(hits) from "Counter")) as bio
     from "User" u left join "Post" p on p."authorId" = u.id group by u.id`,
  `create function note_team() returns trigger language plpgsql as $$ begin
     update "Setting" set value = to_jsonb(new.name) where scope = 'team'; return new; end $$`,
  'create trigger note_team after insert or update on "Team" for each row execute function note_team()',
  `create function note_counter() returns trigger language plpgsql as $$ begin
     update visits set hits = new.hits where "counterId" = new.id; return new; end $$`,
  'create trigger note_counter after update on "Counter" for each row execute function note_counter()',
]

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  for (const sql of SQL) await bench.plain().$executeRawUnsafe(sql)
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

function policiesWith(dependsOn: Record<string, string[]>): PolicySet {
  const set = policies as PolicySet
  const change = (name: string, entry: ModelEntry): ModelEntry => {
    const { primaryKey: _, ...facts } = entry.facts
    const listed = dependsOn[name]
    return {
      ...entry,
      policy: (listed ? { ...entry.policy, dependsOn: listed } : entry.policy) as ModelPolicy,
      facts: name === 'Profile' && listed ? { ...facts, isView: true } : entry.facts,
    }
  }
  return { ...set, models: Object.fromEntries(Object.entries(set.models).map(([n, entry]) => [n, change(n, entry)])) }
}

const client = () =>
  extend(bench, { policies: policiesWith({ Profile: ['User', 'Post', 'Counter'], Setting: ['Team'] }) })
type Client = ReturnType<typeof client>

async function warm<T>({ prisma, plain, until, events }: Client, read: (p: Client['prisma']) => Promise<T>) {
  const filled = until('fill')
  await read(prisma)
  await filled
  events()
  await read(prisma)
  expect(events()).toEqual([expect.stringMatching(/^hit:/)])
  return async () => expect(await read(prisma)).toEqual(await read(plain as never))
}

test('a view is cached, and dies with each write of what it reads, however it is reached', async () => {
  const one = client()
  const { prisma } = one
  const { id } = await prisma.user.create({ data: { email: 'view@x', name: 'old' } })
  const readers = [
    await warm(one, (p) => p.profile.findMany({ orderBy: { id: 'asc' } })),
    await warm(one, (p) => p.profile.findUnique({ where: { userId: id } })),
    await warm(one, (p) => p.profile.findFirst({ where: { bio: { contains: 'old' } } })),
    await warm(one, (p) => p.user.findUnique({ where: { id }, include: { profile: true } })),
    await warm(one, (p) => p.user.findMany({ where: { profile: { bio: { contains: '1' } } } })),
  ]
  for (const write of [
    () => prisma.user.update({ where: { id }, data: { name: 'new' } }),
    () => prisma.post.create({ data: { title: 't', authorId: id } }),
    () => prisma.post.updateMany({ data: { authorId: null } }),
    () => prisma.user.update({ where: { id }, data: { posts: { create: { title: 'nested' } } } }),
    () => prisma.$executeRaw`insert into "Post" (title, "authorId") values ('raw', ${id})`,
    () => prisma.counter.create({ data: { id: 'view', hits: 5 } }),
    () => prisma.$transaction((tx) => tx.user.update({ where: { id }, data: { name: 'tx' } })),
  ]) {
    await write()
    for (const check of readers) await check()
    for (const check of readers) await check()
  }
})

test('what a session has pending on a listed model is applied before it reads the view', async () => {
  const one = client()
  await one.prisma.user.create({ data: { email: 'pending@x', name: 'p' } })
  const before = await one.prisma.profile.findFirst({ where: { user: { email: 'pending@x' } } })
  await one.prisma.counter.upsert({ where: { id: 'pending' }, create: { id: 'pending', hits: 1000 }, update: {} })
  const after = await one.prisma.profile.findFirst({ where: { user: { email: 'pending@x' } } })
  expect(Number(after!.bio.split(' ')[2] ?? 0) - Number(before!.bio.split(' ')[2] ?? 0)).toBe(1000)
  await one.prisma.counter.update({ where: { id: 'pending' }, data: { hits: 2000 } })
  const inside = await one.prisma.$transaction((tx) =>
    tx.profile.findFirst({ where: { user: { email: 'pending@x' } } }),
  )
  expect(Number(inside!.bio.split(' ')[2]) - Number(after!.bio.split(' ')[2])).toBe(1000)
})

test('a row that a trigger writes is read by key, and never put', async () => {
  const one = client()
  const { prisma, plain } = one
  const where = { scope_key: { scope: 'team', key: 'k' } }
  await prisma.setting.create({ data: { scope: 'team', key: 'k', value: 'first' } })
  await prisma.team.create({ data: { id: 70, name: 'one' } }) // the trigger writes the setting
  expect((await prisma.setting.findUnique({ where }))!.value).toBe('one')
  const check = await warm(one, (p) => p.setting.findUnique({ where }))
  await prisma.team.update({ where: { id: 70 }, data: { name: 'two' } })
  expect((await prisma.setting.findUnique({ where }))!.value).toBe('two')
  await prisma.setting.update({ where, data: { value: 'own' } })
  await check()
  expect((await plain.setting.findUnique({ where }))!.value).toBe('own')
})

test('a queued row that a trigger of another queued model writes is read after what is pending there', async () => {
  const one = extend(bench, { policies: policiesWith({ Profile: ['User'], Visit: ['Counter'] }) })
  const { prisma, plain } = one
  await prisma.counter.create({ data: { id: 'c' } })
  const { id } = await prisma.visit.create({ data: { counterId: 'c' } })
  expect(await plain.visit.count({ where: { id } })).toBe(1) // direct
  await prisma.visit.findUnique({ where: { id } })
  await prisma.counter.update({ where: { id: 'c' }, data: { hits: 7 } })
  expect((await prisma.visit.findUnique({ where: { id } }))!.hits).toBe(7)
})

test('a strong read of a view over what is not strong is not answered from the cache', async () => {
  const { prisma, events } = client()
  await prisma.profile.findMany({ ...cache({ consistency: 'strong' }) })
  expect(events()).toEqual(['bypass:Profile.findMany(mixed-consistency)'])
})
