import type { RunResult } from '../../src/demo/run.js'
import { renderChecks } from '../../src/report/check-lines.js'
import { countPer, milliseconds, percent, ratio } from '../../src/report/format.js'
import { describePolicies } from '../../src/report/model-policies.js'
import { renderTable } from '../../src/report/table.js'

const run = (p50: number, statements: number): RunResult => ({
  seconds: 2,
  measures: {
    latencies: {
      'Session read': { count: 100, p50, p99: p50 * 4 },
      'Session write': { count: 50, p50: p50 * 2, p99: p50 * 8 },
      transaction: { count: 10, p50: 8, p99: 16 },
    },
    statements: {},
    hits: { Session: 90 },
  },
  calls: { count: 40, p50: 20, p99: 40 },
  statements: { Session: statements, '(transaction control)': 20 },
  pending: { Session: 12 },
  checks: [],
})

test('a model has a line for its reads and one for its writes, with what concerns both on the first', () => {
  const models = { Session: { strategy: 'writeBehind, session', table: 'Session' } }
  const text = renderTable({ plain: run(2, 300), policies: run(0.5, 15) }, models)
  const cellsOf = (part: string) =>
    text
      .split('\n')
      .find((line) => line.includes(part))
      ?.split('│')
      .map((cell) => cell.trim())
      .slice(1, -1)
  expect(cellsOf('read')).toEqual([
    ...['Session', 'writeBehind, session', 'read', '100', '100'],
    ...['2.00', '0.50', '4.00×', '8.00', '2.00', '4.00×'],
    ...['300 (2.00)', '15 (0.10)', '90.0 %', '12'],
  ])
  expect(cellsOf('write  ')).toEqual([
    ...['', '', 'write', '50', '50'],
    ...['4.00', '1.00', '4.00×', '16.0', '4.00', '4.00×'],
    ...['', '', '', ''],
  ])
  expect(cellsOf('transaction')).toEqual([
    ...['Account, Transfer', '', 'transaction', '10', '10'],
    ...['8.00', '8.00', '1.00×', '16.0', '16.0', '1.00×', '', '', '', ''],
  ])
  expect(cellsOf('BEGIN')).toEqual([
    'BEGIN, COMMIT, ledger',
    ...Array.from({ length: 10 }, () => ''),
    '20',
    '20',
    '',
    '',
  ])
  expect(text).toContain('plain: 20 calls/s over 2.0 s; policies: 20 calls/s over 2.0 s')
})

test('figures are short, and absent ones are a dash', () => {
  expect([milliseconds(0.1234), milliseconds(12.34), milliseconds(1234.5), milliseconds(undefined)]).toEqual([
    ...['0.12', '12.3', '1235', '–'],
  ])
  expect([ratio(2, 1), ratio(30, 1), ratio(1, 2), ratio(1, undefined), ratio(0, 1)]).toEqual([
    ...['2.00×', '30×', '0.50×', '–', '–'],
  ])
  expect([percent(1, 3), percent(0, 0)]).toEqual(['33.3 %', '–'])
  expect([countPer(10, 4), countPer(10, 0)]).toEqual(['10 (2.50)', '10'])
})

test('checks say their verdict and their numbers', () => {
  expect(
    renderChecks([
      { name: 'Total money', ok: true, numbers: '1 = 1' },
      { name: 'Stale', ok: false, numbers: '2 of 3' },
    ]),
  ).toBe('  ok    Total money  1 = 1\n  FAIL  Stale        2 of 3')
})

test('the strategy column comes from the policies', () => {
  const models = {
    A: { policy: { strategy: 'writeThrough', consistency: 'strong' }, facts: { dbName: 'a_table' } },
    B: { policy: { strategy: 'none' }, facts: { dbName: 'b' } },
  }
  expect(describePolicies({ models })).toEqual({ A: { strategy: 'writeThrough, strong', table: 'a_table' } })
})
