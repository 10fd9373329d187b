import { addCounts, CONTROL, OTHER, tableOf } from '../../src/db/statement-counter.js'

test.each([
  ['SELECT "public"."Account"."id" FROM "public"."Account" WHERE 1=1', 'Account'],
  ['INSERT INTO "public"."audit_log" ("call_id") VALUES ($1) RETURNING "id"', 'audit_log'],
  ['UPDATE "public"."Session" SET "hits" = "hits" + $1 FROM (VALUES ($2)) AS v WHERE true', 'Session'],
  ['UPDATE "Session" AS t SET "hits" = 1', 'Session'],
  ['DELETE FROM ONLY "public"."Session"', 'Session'],
  ['WITH input AS (SELECT * FROM unnest($1::text[])) INSERT INTO "Session" SELECT * FROM input', 'Session'],
  ['BEGIN', CONTROL],
  ['commit', CONTROL],
  ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', CONTROL],
  ['SAVEPOINT s1', CONTROL],
  ['SELECT 1', OTHER],
])('%s is about %s', (sql, table) => {
  expect(tableOf(sql)).toBe(table)
})

test('counts of two processes add up by table', () => {
  expect(addCounts({ Session: 2, BEGIN: 1 }, { Session: 3, Account: 4 })).toEqual({ Session: 5, BEGIN: 1, Account: 4 })
})
