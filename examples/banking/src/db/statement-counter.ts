import pg from 'pg'

/** Table name to statements that were sent to Postgres about it; `BEGIN`, `COMMIT` and the like under {@link CONTROL}. */
export type StatementCounts = Record<string, number>

export const CONTROL = '(transaction control)'
export const OTHER = '(other)'

export interface StatementCounter {
  /** A `pg.Client` class that counts what it sends: for the `Client` option of a pool. */
  readonly Client: typeof pg.Client
  counts(): StatementCounts
  reset(): void
}

/**
 * Counts at the wire, below Prisma and its driver adapter, so that raw statements, the worker's batches and the
 * transaction's own `BEGIN` and `COMMIT` are counted too.
 */
export function createStatementCounter(): StatementCounter {
  let counts: StatementCounts = {}
  const count = (text: unknown) => {
    const table = tableOf(typeof text === 'string' ? text : ((text as { text?: string } | null)?.text ?? ''))
    counts[table] = (counts[table] ?? 0) + 1
  }

  class CountingClient extends pg.Client {
    // pg overloads `query` seven times; whatever the form, the first argument is the statement.
    override query(...args: unknown[]): never {
      count(args[0])
      return (super.query as (...forwarded: unknown[]) => never).apply(this, args)
    }
  }

  return {
    Client: CountingClient as unknown as typeof pg.Client,
    counts: () => ({ ...counts }),
    reset: () => {
      counts = {}
    },
  }
}

const TABLE = /\b(?:from|into|update|join|truncate|table)\s+(?:only\s+)?(?:"[^"]+"\.)?"([^"]+)"/i
const CONTROL_WORD = /^\s*(?:begin|commit|rollback|savepoint|release|start transaction|set transaction)\b/i

/** The table that a statement names first, which for every statement counted here is the one it is about. */
export function tableOf(sql: string): string {
  if (CONTROL_WORD.test(sql)) return CONTROL
  return TABLE.exec(sql)?.[1] ?? OTHER
}

export function addCounts(one: StatementCounts, other: StatementCounts): StatementCounts {
  const sum = { ...one }
  for (const [table, count] of Object.entries(other)) sum[table] = (sum[table] ?? 0) + count
  return sum
}
