import { makeTypedQueryFactory } from '@prisma/client/runtime/client'
import { startFlushWorker } from 'prisma-cache/worker'
import { isReadOnlyFunction } from '../../src/planner/raw-functions.js'
import { policies } from '../prisma/generated/cache/index.js'
import { Prisma, type PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
let client: ReturnType<typeof extend>
beforeAll(async () => {
  bench = await createBench()
  client = extend(bench)
  // TypedSQL is a preview feature of the schema's generator, and its queries are generated against a live database.
  Object.assign((client.plain as unknown as { _engineConfig: object })._engineConfig, { previewFeatures: ['typedSql'] })
  for (const sql of [
    `create function rename() returns int language sql as $$ update "Setting" set value = '"renamed"' returning 1 $$`,
    `create view settings as select * from "Setting"`,
    `create table parents (id int primary key)`,
    `create table visits_elsewhere (like visits including all)`,
  ])
    await client.plain.$executeRawUnsafe(sql)
})
afterAll(() => bench.close())

const READS: Readonly<Record<string, (prisma: PrismaClient) => PromiseLike<unknown>>> = {
  User: (prisma) => prisma.user.findMany({ orderBy: { id: 'asc' } }),
  Profile: (prisma) => prisma.profile.findMany({ orderBy: { id: 'asc' } }),
  Post: (prisma) => prisma.post.findMany({ orderBy: { id: 'asc' } }),
  Team: (prisma) => prisma.team.findMany({ orderBy: { id: 'asc' } }),
  'Team with members': (prisma) => prisma.team.findFirst({ include: { members: true } }),
  Setting: (prisma) => prisma.setting.findMany(),
  Account: (prisma) => prisma.account.findUnique({ where: { id: 'a' } }),
  Visit: (prisma) => prisma.visit.findMany(),
}
const cached = (name: string) => READS[name]!(client.prisma as unknown as PrismaClient)
const ALL = Object.keys(READS)
/** What stays a hit after a write to users, which profiles, posts and their comments follow. */
const NOT_USERS = ['Team', 'Setting', 'Account', 'Visit']
const all = (...but: string[]) => ALL.filter((name) => !but.includes(name))

/** Rows of every model, and an entry for each of the reads. */
async function warm(): Promise<void> {
  const { plain, prisma } = client
  await plain.$executeRawUnsafe(
    'truncate "User", "Profile", "Post", "Comment", "Team", "_TeamToUser", "Setting", "Account", visits restart identity',
  )
  await plain.user.create({
    data: {
      email: 'a@x',
      profile: { create: { bio: 'b' } },
      posts: { create: { title: 'p', comments: { create: { text: 'c' } } } },
      teams: { create: { name: 't' } },
    },
  })
  await plain.user.create({ data: { email: 'b@x', posts: { create: { title: 'q' } } } })
  await plain.setting.create({ data: { scope: 's', key: 'k', value: 1 } })
  await plain.account.create({ data: { id: 'a', owner: 'o', balance: 1 } })
  await plain.visit.create({ data: { id: 'v', counterId: 'c' } })
  for (const model of ['User', 'Profile', 'Post', 'Team', 'Setting', 'Account', 'Visit'] as const) {
    await prisma.$cache.invalidate(model)
  }
  for (const name of ALL) {
    const filled = client.until('fill')
    await cached(name)
    await filled
  }
  expect(await hits()).toEqual(ALL)
}

/** Every read answers as the database does; the names of those that were hits. */
async function hits(): Promise<string[]> {
  const names: string[] = []
  for (const [name, read] of Object.entries(READS)) {
    client.events()
    const answer = await cached(name)
    if (client.events().some((event) => event.startsWith('hit:'))) names.push(name)
    expect({ [name]: answer }).toEqual({ [name]: await read(client.plain) })
  }
  return names
}

const STATEMENTS: readonly (readonly [string, readonly string[]])[] = [
  ['select * from "User" where lower(email) = \'delete from "User"\' for update', ALL],
  ['explain delete from "User"', ALL],
  ["select set_config('app.tenant', '7', false)", ALL],
  ['show search_path', ALL],
  ['update "User" set name = \'changed\'', NOT_USERS],
  ['/* select */ WITH gone AS (DELETE FROM "User" RETURNING *) SELECT count(*) FROM gone', NOT_USERS],
  ['explain analyze delete from public."User"', NOT_USERS],
  [
    'merge into "User" u using (values (1), (9)) v (id) on u.id = v.id when matched then delete ' +
      "when not matched then insert (id, email) values (v.id, 'c@x')",
    NOT_USERS,
  ],
  ['insert into "User" (email) select email || \'!\' from "User" on conflict do nothing', NOT_USERS],
  ['truncate "User" cascade', NOT_USERS],
  ['truncate "Post" cascade', all('Post')],
  ['delete from "Post"', all('Post')],
  ['insert into "_TeamToUser" values (1, 2)', ['Setting', 'Account', 'Visit']],
  ['truncate "_TeamToUser"', ['Setting', 'Account', 'Visit']],
  ['UPDATE Visits SET hits = 7', all('Visit')],
  ['insert into visits (id, "counterId", "seenAt") values (gen_random_uuid(), \'d\', now())', all('Visit')],
  ['update "Account" set balance = balance + 1', all('Account')],
  ['select rename()', []],
  ['update settings set value = \'"through a view"\'', []],
  ['insert into parents values (1)', []],
  ['do $$ begin delete from "Setting"; end $$', []],
  ['create temp table t as select rename()', []],
]

test.each(STATEMENTS)('%s', async (sql, untouched) => {
  await warm()
  await client.prisma.$executeRawUnsafe(sql)
  expect(await hits()).toEqual(untouched)
})

test('several statements in one', async () => {
  await warm()
  await client.prisma.$executeRawUnsafe('update visits set hits = 3; delete from "Post"')
  expect(await hits()).toEqual(all('Visit', 'Post'))
})

test('each way to send one', async () => {
  const { prisma, plain } = client
  const ways: readonly (() => PromiseLike<unknown>)[] = [
    () => prisma.$executeRaw`update "Post" set views = ${1} where id = ${1}`,
    () => prisma.$queryRaw`update "Post" set views = ${2} where id = ${1} returning *`,
    () =>
      prisma.$queryRaw(Prisma.sql`update "Post" set views = ${Prisma.raw('3')} where id in (${Prisma.join([1, 2])})`),
    () => prisma.$executeRawUnsafe('update "Post" set views = $1 where id = $2', 4, 1),
    () => prisma.$queryRawUnsafe('update "Post" set views = $1 where id = $2 returning *', 5, 1),
    () =>
      (prisma as unknown as PrismaClient & { $queryRawTyped(query: unknown): PromiseLike<unknown> }).$queryRawTyped(
        makeTypedQueryFactory('update "Post" set views = $1 where id = $2 returning *')(6, 1),
      ),
  ]
  for (const [i, way] of ways.entries()) {
    await warm()
    await way()
    expect((await plain.post.findUniqueOrThrow({ where: { id: 1 } })).views).toBe(i + 1)
    expect(await hits()).toEqual(all('Post'))
  }
})

test('what is declared counts, not what the statement says', async () => {
  const { prisma } = client
  await warm()
  await prisma.$cache.writes(['Setting'], () => prisma.$executeRaw`select rename()`)
  expect(await hits()).toEqual(all('Setting'))
  await warm()
  client.events()
  await prisma.$cache.writes([], () => prisma.$executeRaw`insert into parents values (2)`)
  expect(client.events()).toEqual([])
  expect(await hits()).toEqual(ALL)
})

test('in an interactive transaction, after its COMMIT', async () => {
  const { prisma } = client
  await warm()
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`select set_config('app.tenant', '7', true)`
    await tx.$executeRaw`update "User" set name = 'changed'`
    await tx.$queryRaw`delete from "Post" where id = 2 returning *`
    expect(await cached('User')).toMatchObject([{ name: null }, { name: null }])
  })
  expect(await hits()).toEqual(NOT_USERS)
})

test('in a transaction that is rolled back nothing is touched', async () => {
  const { prisma } = client
  await warm()
  await expect(
    prisma.$transaction(async (tx) => {
      await tx.$executeRaw`update "Profile" set bio = 'gone'`
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  expect(await hits()).toEqual(ALL)
})

test('a raw ROLLBACK TO undoes rows that were to be put', async () => {
  const { prisma } = client
  await warm()
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`savepoint a`
    await tx.account.update({ where: { id: 'a' }, data: { owner: 'phantom' } })
    await tx.$executeRaw`rollback to savepoint a`
  })
  expect(await cached('Account')).toMatchObject({ owner: 'o' })
})

test('in an array of a transaction', async () => {
  const { prisma } = client
  await warm()
  await prisma.$transaction([
    prisma.$executeRaw`select set_config('app.tenant', '7', true)`,
    prisma.$executeRaw`update "Post" set views = 9`,
    prisma.setting.updateMany({ data: { value: 2 } }),
    prisma.$queryRaw`select * from "User"`,
  ])
  expect(await hits()).toEqual(all('Post', 'Setting'))
})

test('a statement that fails may yet have written', async () => {
  await warm()
  await expect(client.prisma.$executeRaw`update "Post" set views = 1 / 0`).rejects.toThrow('division by zero')
  expect(await hits()).toEqual(all('Post'))
})

test('a statement that writes sees what its session has pending on other models', async () => {
  const { redisUrl: redis, namespace } = bench
  const worker = await startFlushWorker({ prisma: bench.plain(), policies, redis, namespace })
  bench.onClose(() => worker.close())
  const { prisma } = client
  await prisma.counter.create({ data: { id: 'pending', hits: 5 } })
  await prisma.$executeRaw`insert into "Setting" select 'counter', id, to_jsonb(hits) from "Counter"`
  expect(await prisma.setting.findUnique({ where: { scope_key: { scope: 'counter', key: 'pending' } } })).toMatchObject(
    {
      value: 5,
    },
  )
})

const HARMLESS =
  'array_sample array_shuffle clock_timestamp currval gen_random_uuid lastval nextval pg_advisory_lock ' +
  'pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock ' +
  'pg_advisory_xact_lock_shared pg_blocking_pids pg_current_wal_flush_lsn pg_current_wal_insert_lsn ' +
  'pg_current_wal_lsn pg_database_size pg_indexes_size pg_is_in_recovery pg_last_wal_receive_lsn ' +
  'pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_notify pg_relation_size pg_sleep pg_sleep_for ' +
  'pg_sleep_until pg_table_size pg_total_relation_size pg_try_advisory_lock pg_try_advisory_lock_shared ' +
  'pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared random random_normal set_config setseed setval ' +
  'timeofday uuidv4 uuidv7'

test('of the functions that this server calls volatile, only these are taken for harmless', async () => {
  const volatile = await client.plain.$queryRaw<{ name: string }[]>`
    select distinct proname::text as name from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and provolatile = 'v' order by 1`
  const taken = volatile.map(({ name }) => name).filter((name) => isReadOnlyFunction(name))
  expect(taken.filter((name) => !HARMLESS.split(' ').includes(name))).toEqual([])
  expect(taken).toContain('clock_timestamp')
})
