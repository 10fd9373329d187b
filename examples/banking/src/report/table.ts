import { availableParallelism } from 'node:os'
import Table from 'cli-table3'
import { TRANSACTION } from '../measure/timed-client.js'
import { count, countPer, milliseconds, NONE, percent, ratio } from './format.js'
import { type Line, otherStatements, type Runs, tableLines } from './lines.js'
import type { ModelPolicies } from './model-policies.js'

const right = { hAlign: 'right' as const }

/** The whole comparison as one table, and the two lines of sums below it. */
export function renderTable(runs: Runs, models: ModelPolicies): string {
  const table = new Table({
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', ...Array.from({ length: 12 }, () => 'right' as const)],
  })
  table.push(
    [
      { content: '', colSpan: 3 },
      { content: 'operations', colSpan: 2 },
      { content: 'p50 ms', colSpan: 3 },
      { content: 'p99 ms', colSpan: 3 },
      { content: 'Postgres statements (per op)', colSpan: 2 },
      { content: '' },
      { content: '' },
    ],
    [
      ...['model', 'strategy', 'operation'],
      ...['plain', 'policies', 'plain', 'policies', 'ratio', 'plain', 'policies', 'ratio', 'plain', 'policies'].map(
        (content) => ({ content, ...right }),
      ),
      'hits',
      'pending',
    ],
    ...tableLines(runs, models).map(cells),
    otherCells(runs, models),
    callCells(runs),
  )
  return `${table.toString()}\n${sums(runs)}`
}

function cells({ model, strategy, operation, plain, policies, totals }: Line): string[] {
  return [
    totals || operation === TRANSACTION ? model : '',
    totals ? strategy : '',
    operation,
    count(plain?.count ?? 0),
    count(policies?.count ?? 0),
    ...latencyCells(plain, policies),
    totals ? countPer(totals.statements.plain, totals.operations.plain) : '',
    totals ? countPer(totals.statements.policies, totals.operations.policies) : '',
    totals?.reads ? percent(totals.reads.hits, totals.reads.reads) : totals ? NONE : '',
    totals?.pending !== undefined ? count(totals.pending) : totals ? NONE : '',
  ]
}

function otherCells(runs: Runs, models: ModelPolicies): string[] {
  const { plain, policies } = otherStatements(runs, models)
  const empty = Array.from({ length: 8 }, () => '')
  return ['BEGIN, COMMIT, ledger', '', '', ...empty, count(plain), count(policies), '', '']
}

function callCells({ plain, policies }: Runs): string[] {
  return [
    'whole calls',
    '',
    'over HTTP',
    count(plain.calls.count),
    count(policies.calls.count),
    ...latencyCells(plain.calls, policies.calls),
    countPer(sumOf(plain.statements), plain.calls.count),
    countPer(sumOf(policies.statements), policies.calls.count),
    NONE,
    NONE,
  ]
}

function latencyCells(plain: Line['plain'], policies: Line['policies']): string[] {
  return [
    milliseconds(plain?.p50),
    milliseconds(policies?.p50),
    ratio(plain?.p50, policies?.p50),
    milliseconds(plain?.p99),
    milliseconds(policies?.p99),
    ratio(plain?.p99, policies?.p99),
  ]
}

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, n) => sum + n, 0)

function sums(runs: Runs): string {
  const side = (name: string, { calls, seconds }: Runs['plain']) =>
    `${name} ${count(Math.round(calls.count / seconds))} calls/s over ${seconds.toFixed(1)} s`
  // The reader's first question, where everything shares a few cores.
  const note =
    `Servers, API, worker and clients share this machine's ${availableParallelism()} cores: with few, what Redis and the worker ` +
    'take is missing to the rest. What Postgres is spared are the statements.'
  return `${side('plain:', runs.plain)}; ${side('policies:', runs.policies)}\n${note}`
}
