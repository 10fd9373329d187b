import type { Row } from '../../protocol/row-codec.js'
import type { RawQueries } from '../ledger.js'
import type { SealedRow } from '../seal.js'
import type { Group, ModelSql } from './model-sql.js'
import { isRefusal, pgErrorOf } from './pg-error.js'

export interface Refused {
  readonly row: SealedRow
  readonly error: string
  /** The error without what it may quote of the row. */
  readonly brief: string
  readonly sqlState?: string
}

export interface Written {
  /** By row id; null for a row that was deleted. */
  readonly rows: Map<string, Row | null>
  readonly refused: readonly Refused[]
}

const MISSING = 'the row does not exist'

interface GroupWritten {
  /** By row id; null for a row that was deleted. */
  readonly returned: Map<string, Row | null>
  /** An update or delete of a row that is not there, or that a trigger or a policy of the database keeps from us. */
  readonly missing: Refused[]
}

export async function writeGroup(tx: RawQueries, sql: ModelSql, group: Group): Promise<GroupWritten> {
  return groupWritten(sql, group, await tx.$queryRawUnsafe<{ r: string }[]>(group.sql, sql.json(group.rows)))
}

/** @param answer what Postgres has returned of the group's rows */
export function groupWritten(sql: ModelSql, group: Group, answer: readonly { r: string }[]): GroupWritten {
  const byKey = new Map(answer.map(({ r }) => sql.read(r)).map((row) => [sql.identity(row), row]))
  const returned = new Map<string, Row | null>()
  const missing: Refused[] = []
  for (const row of group.rows) {
    const found = byKey.get(sql.identity(row))
    if (!found) missing.push({ row, error: MISSING, brief: MISSING })
    else returned.set(row.row, row.change.kind === 'D' ? null : found)
  }
  return { returned, missing }
}

/**
 * Finds the rows that are refused alone, by halves, and writes all others. A row that is refused is tried again as
 * long as others go through: it may need one of them (a parent in the same table, or a unique value set free), and
 * the order among different rows is nobody's promise.
 */
export async function writeCarefully(tx: RawQueries, sql: ModelSql, rows: readonly SealedRow[]): Promise<Written> {
  // Refusals must show at the statement that causes them, not at COMMIT.
  await tx.$executeRawUnsafe('SET CONSTRAINTS ALL IMMEDIATE')
  const written = new Map<string, Row | null>()
  let open = rows
  for (;;) {
    const refused: Refused[] = []
    for (const group of sql.group(open)) await bisect(tx, sql, group, written, refused)
    if (refused.length === 0 || refused.length === open.length) return { rows: written, refused }
    open = refused.map((one) => one.row)
  }
}

async function bisect(
  tx: RawQueries,
  sql: ModelSql,
  group: Group,
  into: Map<string, Row | null>,
  refused: Refused[],
): Promise<void> {
  await tx.$executeRawUnsafe('SAVEPOINT prisma_cache')
  try {
    const { returned, missing } = await writeGroup(tx, sql, group)
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT prisma_cache')
    for (const [row, value] of returned) into.set(row, value)
    refused.push(...missing)
  } catch (error) {
    const said = pgErrorOf(error)
    if (!said || !isRefusal(said)) throw error
    await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT prisma_cache')
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT prisma_cache')
    const { rows } = group
    if (rows.length === 1) {
      refused.push({ row: rows[0]!, error: said.message, brief: said.brief, sqlState: said.sqlState })
      return
    }
    const middle = rows.length >> 1
    await bisect(tx, sql, { ...group, rows: rows.slice(0, middle) }, into, refused)
    await bisect(tx, sql, { ...group, rows: rows.slice(middle) }, into, refused)
  }
}
