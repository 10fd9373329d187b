import type { ModelEntry } from '@prisma-cache/policy-dsl'
import fc from 'fast-check'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planRaw } from '../../src/planner/raw-plan.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const cascade = { onDelete: 'Cascade', onUpdate: 'Cascade' } as const
const restrict = { onDelete: 'Restrict', onUpdate: 'NoAction' } as const

const on = (entry: ModelEntry, facts: Partial<ModelEntry['facts']>): ModelEntry => ({
  ...entry,
  facts: { ...entry.facts, ...facts },
})

const LONG = 'l'.repeat(70)
const WIDE = 'é'.repeat(40)

const index = createModelIndex(
  policySet(
    modelEntry('User', { id: 'Int' }, [
      { model: 'Post', relationName: 'PostToUser', list: true },
      { name: 'teams', model: 'Team', relationName: 'TeamToUser', list: true },
      { name: 'friends', model: 'User', relationName: 'friends', list: true },
      { name: 'friendOf', model: 'User', relationName: 'friends', list: true },
    ]),
    modelEntry('Post', { id: 'Int' }, [
      { model: 'User', relationName: 'PostToUser', from: ['userId'], to: ['id'], ...cascade },
    ]),
    modelEntry('Invoice', { id: 'Int' }, [
      { model: 'Post', relationName: 'InvoiceToPost', from: ['postId'], to: ['id'], ...restrict },
    ]),
    modelEntry('Team', { id: 'Int' }, [{ name: 'members', model: 'User', relationName: 'TeamToUser', list: true }]),
    on(modelEntry('Visit', { id: 'Int' }), { dbName: 'visits' }),
    on(modelEntry('Day', { id: 'Int' }), { dbName: 'Tag "x".ü' }),
    on(modelEntry('Report', { id: 'Int' }), { isView: true }),
    on(modelEntry('Login', { id: 'Int' }), { dbName: 'logins', dbSchema: 'auth' }),
    on(modelEntry('Member', { id: 'Int' }), { dbName: 'members', dbSchema: 'auth' }),
    on(modelEntry('PublicMember', { id: 'Int' }), { dbName: 'members', dbSchema: 'public' }),
    on(modelEntry('Long', { id: 'Int' }), { dbName: LONG }),
    on(modelEntry('Wide', { id: 'Int' }), { dbName: WIDE }),
  ),
)

const short = async (sql: string): Promise<string> => {
  const plan = await planRaw(index, sql)
  return plan.kind === 'writes' ? [...plan.models].sort().join(' ') : plan.kind
}

const READS = [
  'select 1',
  ' select * from a join b on a.id = b.id where a.x in (select x from c) order by coalesce(y, 0) limit $1;',
  'values (1), (2)',
  'table "User"',
  'with recent as (select * from "User") select * from recent',
  'SELECT count(*), max("id"), lower($1), now(), row_number() over w FROM "User" WINDOW w AS (order by id)',
  'select * from "User" where id = any($1::int[]) and data ? $2 and tags @> array[$3]',
  'select * from "User" for update skip locked',
  'select extract(year from x), x at time zone $1, trim(y), position(a in b), substring(a from 1), current_user from t',
  'select pg_catalog.lower($1), "lower"($1)',
  "select pg_sleep(0), random(), gen_random_uuid(), set_config('app.tenant', $1, true), nextval('s')",
  'select * from generate_series(1, 3) g, lateral unnest($1::int[])',
  'select \'delete from "User"\', $$update "User"$$, E\'\\\'; drop table a\', "delete from" from t',
  '/* delete from "User"; /* nested */ */ select 1 -- ; delete from "User"\n',
  'select 1; select 2',
  '',
  '-- nothing',
  'explain delete from "User"',
  'explain (costs off, verbose) select my_function()',
  'explain analyze select 1',
  "set local statement_timeout = '1s'; show all; reset all",
  'set constraints all immediate',
  'begin; savepoint a; release a',
  'lock table "User"',
  'listen a; notify a; unlisten a',
  'vacuum "User"',
  'declare c cursor for select * from "User"',
  'fetch 10 from c; close c',
  'copy "User" to stdout',
  'copy (select * from "User") to stdout',
]

const WRITES: readonly (readonly [string, string])[] = [
  ['insert into "User" (name) values ($1), ($2) on conflict (id) do update set name = excluded.name', 'User'],
  ['update only "User" u set name = $1 from "Post" p where p.id = u.id returning *', 'User'],
  ['delete from "User" using "Post"', 'User'],
  ['insert into "Post" select * from "User"', 'Post'],
  ['merge into "User" u using "Post" p on u.id = p.id when matched then delete', 'User'],
  ['truncate "Post"', 'Post'],
  ['truncate "Post", visits', 'Post Visit'],
  // Whatever the foreign keys say, over any number of steps.
  ['truncate "User" cascade', 'Invoice Post User'],
  ['truncate visits; truncate "Post" cascade', 'Invoice Post Visit'],
  ['copy "User" from stdin', 'User'],
  ['copy (delete from "User" returning *) to stdout', 'User'],
  ['with gone as (delete from "Post" returning *) select count(*) from gone', 'Post'],
  [
    'with a as (with b as (update "Team" set n = 1 returning *) insert into visits select * from b) select 1',
    'Team Visit',
  ],
  ['with a as (select 1) delete from "User"', 'User'],
  ['select 1; update "User" set n = 1; delete from "Post"', 'Post User'],
  ['explain analyze delete from "User"', 'User'],
  ['explain (analyze, costs off) with x as (update "Post" set n = 1) select 1', 'Post'],
  ['-- select\nupdate/**/"User"set n=1', 'User'],
  ['update visits set n = 1', 'Visit'],
  ['update VISITS set n = 1', 'Visit'],
  ['update public.visits set n = 1', 'Visit'],
  ['update "Tag ""x"".ü" set n = 1', 'Day'],
  ['update U&"Tag ""x"".\\00fc" set n = 1', 'Day'],
  ['insert into "_TeamToUser" values (1, 2)', 'Team User'],
  ['delete from public."_TeamToUser"', 'Team User'],
  ['delete from _friends', 'User'],
  ['update auth.logins set n = 1', 'Login'],
  ['update auth.members set n = 1', 'Member'],
  ['update public.members set n = 1', 'PublicMember'],
  // Which of them is meant is a matter of `search_path`.
  ['update members set n = 1', 'Member PublicMember'],
  [`update ${LONG} set n = 1`, 'Long'],
  [`update ${LONG}x set n = 1`, 'Long'],
  [`update "${WIDE}" set n = 1`, 'Wide'],
]

const UNKNOWN = [
  'update user set name = $1', // a word of the language
  'update "user" set name = $1',
  'update post set title = $1', // folded: not "Post"
  'delete from somewhere',
  'insert into archive values (1); update "User" set n = 1',
  'truncate somewhere cascade',
  'update audit.visits set n = 1',
  'update logins set n = 1', // `search_path` begins elsewhere
  'delete from "_PostToUser"', // one to many: there is no such table
  'delete from "Report"',
  'select my_function($1)',
  'select "Lower"($1)',
  'select app.lower($1)',
  'select * from my_function()',
  'select 1 from t where exists (select 1 from u order by my_function(u.x))',
  'update "User" set name = my_function(name)',
  "select lo_import('/etc/passwd')",
  "select query_to_xml('delete from \"User\"', true, true, '')",
  "select ts_rewrite('a', 'select my_function()')", // one overload is harmless, this one is not
  'explain analyze select my_function()',
  'explain analyze execute p',
  'explain (analyze) create table x as select 1',
  'declare c cursor for select my_function()',
  'select * into x from "User"',
  'select 1 into x union select 2',
  'create table x as select 1',
  'create temp table x (id int)',
  'alter table "User" add column n int',
  'drop table "User"',
  'refresh materialized view v',
  'create or replace function f() returns int language sql as $$ select 1 $$',
  'call refresh()',
  'do $$ begin delete from "User"; end $$',
  'prepare p as delete from "User"',
  'execute p',
  'copy "User" from program $$cat x$$',
  'copy "User" to program \'psql\'',
  'commit',
  'rollback to savepoint a',
  "commit prepared 'x'",
  'discard all',
  'select 1 from',
  'selec 1',
  'update "User set n = 1',
  'select ?',
  "select '",
  '$1',
  'select 1\0; delete from "User"',
  '\0',
  // Half of a pair: the parser would miss the last 20 bytes.
  `select '${'\ud800€'.repeat(10)}' ; delete from visits`,
]

test.each(READS)('reads: %s', async (sql) => expect(await short(sql)).toBe('reads'))
test.each(WRITES)('writes: %s → %s', async (sql, models) => expect(await short(sql)).toBe(models))
test.each(UNKNOWN)('unknown: %s', async (sql) => expect(await short(sql)).toBe('unknown'))

test('no text at all', async () => expect(await planRaw(index, undefined)).toEqual({ kind: 'unknown' }))

test('a text too long to be read', async () => {
  expect(await short(`select '${'x'.repeat(300_000)}'`)).toBe('unknown')
  expect(await short(`insert into visits values ${Array(20_000).fill('($1)').join(',')}`)).toBe('Visit')
})

test('a plan is made once for each text, and forgotten when others were used since', async () => {
  const plan = await planRaw(index, 'delete from visits')
  expect(await planRaw(index, 'delete from visits')).toBe(plan)
  for (let i = 0; i < 600; i++) {
    await planRaw(index, `select ${i}`)
    if (i === 300) expect(await planRaw(index, 'delete from visits')).toBe(plan)
  }
  expect(await planRaw(index, 'delete from visits')).toBe(plan)
  for (let i = 0; i < 600; i++) await planRaw(index, `select ${i}`)
  expect(await planRaw(index, 'delete from visits')).not.toBe(plan)
  expect(await planRaw(createModelIndex(policySet()), 'delete from visits')).toEqual({ kind: 'unknown' })
})

const WORDS =
  'select insert into update delete from where with as ( ) , ; * $1 "User" visits set = values returning truncate ' +
  'cascade merge using on when matched then copy to explain analyze lower( my_function( \' " $$ -- /* */ begin declare ' +
  'cursor for case end null 1 + :: union all order by limit table lock U&" E\' \\ ? @> é 😀 \0 \ud800'

test('any text has a plan', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(...WORDS.split(' ')), { maxLength: 25 }).map((words) => words.join(' ')),
    fc
      .tuple(fc.constantFrom(...READS, ...WRITES.map(([sql]) => sql), ...UNKNOWN), fc.nat(80), fc.nat(80))
      .map(([sql, from, to]) => sql.slice(0, from) + sql.slice(to)),
  )
  await fc.assert(
    fc.asyncProperty(text, async (sql) => {
      expect(['reads', 'writes', 'unknown']).toContain((await planRaw(index, sql)).kind)
    }),
    { numRuns: 2000 },
  )
})

test('a write put anywhere between other statements is seen', async () => {
  const statement = fc.constantFrom(...READS, ...WRITES.map(([sql]) => sql))
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { maxLength: 4 }), fc.array(statement, { maxLength: 4 }), async (a, b) => {
      const plan = await planRaw(index, [...a, 'delete from "Invoice"', ...b].join('\n;'))
      expect(plan).toMatchObject({ kind: 'writes', models: expect.arrayContaining(['Invoice']) })
    }),
    { numRuns: 200 },
  )
})
