import type { StatementCounts } from '../db/statement-counter.js'
import type { RunResult } from '../demo/run.js'
import type { LatencySummary } from '../measure/latency.js'
import { operationLabel, TRANSACTION } from '../measure/timed-client.js'
import type { ModelPolicies } from './model-policies.js'

/** One line of the table: one kind of operation of one model. */
export interface Line {
  readonly model: string
  readonly strategy: string
  readonly operation: string
  readonly plain: LatencySummary | undefined
  readonly policies: LatencySummary | undefined
  /** On the first line of a model, for all of it. */
  readonly totals?: ModelTotals
}

export interface ModelTotals {
  readonly statements: { readonly plain: number; readonly policies: number }
  readonly operations: { readonly plain: number; readonly policies: number }
  /** Of the run with policies; absent where the table is not of a model. */
  readonly reads?: { readonly hits: number; readonly reads: number }
  readonly pending?: number
}

export type Runs = { readonly plain: RunResult; readonly policies: RunResult }

export function tableLines(runs: Runs, models: ModelPolicies): Line[] {
  const lines: Line[] = []
  for (const [model, { strategy, table }] of Object.entries(models)) {
    const own = (['read', 'write'] as const)
      .map((kind) => ({ operation: kind as string, ...summaries(runs, operationLabel(model, kind)) }))
      .filter(({ plain, policies }) => plain || policies)
    const totals: ModelTotals = {
      statements: statementsOf(runs, table),
      operations: {
        plain: own.reduce((sum, { plain }) => sum + (plain?.count ?? 0), 0),
        policies: own.reduce((sum, { policies }) => sum + (policies?.count ?? 0), 0),
      },
      reads: {
        hits: runs.policies.measures.hits[model] ?? 0,
        reads: runs.policies.measures.latencies[operationLabel(model, 'read')]?.count ?? 0,
      },
      ...(strategy.startsWith('writeBehind') && { pending: runs.policies.pending[model] ?? 0 }),
    }
    own.forEach((line, index) => {
      lines.push({ model, strategy, ...line, ...(index === 0 && { totals }) })
    })
  }
  lines.push({ model: 'Account, Transfer', strategy: '', operation: 'transaction', ...summaries(runs, TRANSACTION) })
  return lines
}

/** Statements that are about no model of the table: `BEGIN` and `COMMIT` of both processes, the worker's ledger. */
export function otherStatements({ plain, policies }: Runs, models: ModelPolicies): { plain: number; policies: number } {
  const tables = new Set(Object.values(models).map(({ table }) => table))
  const others = (counts: StatementCounts) =>
    Object.entries(counts).reduce((sum, [table, count]) => (tables.has(table) ? sum : sum + count), 0)
  return { plain: others(plain.statements), policies: others(policies.statements) }
}

function statementsOf({ plain, policies }: Runs, table: string): { plain: number; policies: number } {
  return { plain: plain.statements[table] ?? 0, policies: policies.statements[table] ?? 0 }
}

const summaries = ({ plain, policies }: Runs, label: string) => ({
  plain: plain.measures.latencies[label],
  policies: policies.measures.latencies[label],
})
