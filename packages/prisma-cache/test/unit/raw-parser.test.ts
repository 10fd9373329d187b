import { parseSql } from '../../src/planner/raw-parser.js'

test('a statement that the parser fails on is its last, and that is told once', async () => {
  const warnings: string[] = []
  const { emitWarning } = process
  process.emitWarning = (text: string | Error, type?: unknown) => void warnings.push(`${type}: ${text}`)
  expect(await parseSql('delete from a')).toMatchObject([{ DeleteStmt: { relation: { relname: 'a' } } }])
  expect(await parseSql('not sql')).toBeUndefined()
  expect(await parseSql('select 1')).toHaveLength(1)

  const overflow = `select 1${'+1'.repeat(50_000)}`
  expect(await Promise.all([overflow, 'select 1', overflow].map(parseSql))).toEqual([undefined, undefined, undefined])
  expect(await parseSql('select 1')).toBeUndefined()
  process.emitWarning = emitWarning
  expect(warnings).toEqual([expect.stringMatching(/^PrismaCacheWarning: the SQL parser failed on a statement/)])
})
