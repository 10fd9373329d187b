import { isReadOnlyFunction } from './raw-functions.js'
import type { SqlNode } from './raw-parser.js'

/** A table as a statement names it. */
export interface TableName {
  readonly schema?: string
  readonly name: string
}

/** The tables whose rows some statements may change. */
export interface SqlEffects {
  readonly written: readonly TableName[]
  /** TRUNCATE … CASCADE: and every table that references these, whatever its foreign key says. */
  readonly truncatedOnwards: readonly TableName[]
}

interface Found {
  readonly written: TableName[]
  readonly truncatedOnwards: TableName[]
}

/** @returns undefined when something in the statements may change rows that it does not name */
export function effectsOf(statements: readonly SqlNode[]): SqlEffects | undefined {
  const found: Found = { written: [], truncatedOnwards: [] }
  return statements.every((statement) => addStatement(statement, found)) ? found : undefined
}

const CHANGES_ROWS = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

/**
 * FETCH runs what DECLARE named, in the same transaction, for which DECLARE has said already what it may write. Not
 * here: what makes tables, runs code, or ends a transaction whose writes nobody saw.
 */
const CHANGES_NO_ROWS = new Set([
  ...['VariableSetStmt', 'VariableShowStmt', 'ConstraintsSetStmt', 'LockStmt', 'VacuumStmt'],
  ...['ListenStmt', 'UnlistenStmt', 'NotifyStmt', 'FetchStmt', 'ClosePortalStmt'],
])

/** Steps of a transaction that undo nothing and show nothing to others. */
const STEPS = new Set(['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE'])

/** @returns false when it may change anything */
function addStatement(statement: SqlNode, found: Found): boolean {
  const [kind = '', value] = Object.entries(statement)[0] ?? []
  const body = (value ?? {}) as SqlNode
  if (kind === 'SelectStmt' || kind === 'DeclareCursorStmt' || CHANGES_ROWS.has(kind)) return addParts(statement, found)
  switch (kind) {
    case 'TruncateStmt': {
      const tables = (body.relations as SqlNode[]).map(({ RangeVar }) => tableName(RangeVar))
      found[body.behavior === 'DROP_CASCADE' ? 'truncatedOnwards' : 'written'].push(...tables)
      return true
    }
    case 'CopyStmt':
      if (body.is_program === true) return false
      if (body.is_from === true) found.written.push(tableName(body.relation))
      return addParts(body, found)
    case 'ExplainStmt':
      return runsWhatItExplains(body) ? addStatement(body.query as SqlNode, found) : true
    case 'TransactionStmt':
      return STEPS.has(body.kind as string)
    default:
      return CHANGES_NO_ROWS.has(kind)
  }
}

/** `(ANALYZE off)` counts too: who writes that can do with a wider answer. */
function runsWhatItExplains({ options }: SqlNode): boolean {
  return ((options ?? []) as SqlNode[]).some(({ DefElem }) => (DefElem as SqlNode).defname === 'analyze')
}

/**
 * Looks at every part of a query, at any depth: WITH may write anywhere, a function may be called anywhere. Without
 * recursion, for a chain of a thousand operators is as deep.
 *
 * @returns false when a part may change anything
 */
function addParts(root: SqlNode, found: Found): boolean {
  const rest: unknown[] = [root]
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node === null || typeof node !== 'object') continue
    for (const [key, value] of Object.entries(node)) {
      if (CHANGES_ROWS.has(key)) found.written.push(tableName((value as SqlNode).relation))
      // SELECT … INTO makes a table.
      if (key === 'intoClause') return false
      if (key === 'funcname' && !isReadOnlyCall(value as SqlNode[])) return false
      rest.push(value)
    }
  }
  return true
}

function isReadOnlyCall(parts: readonly SqlNode[]): boolean {
  const names = parts.map(({ String: text }) => String((text as SqlNode).sval))
  const [name, schema] = names.reverse()
  return isReadOnlyFunction(name!, schema)
}

function tableName(relation: unknown): TableName {
  const { relname, schemaname } = relation as { relname: string; schemaname?: string }
  return { name: relname, ...(schemaname === undefined ? {} : { schema: schemaname }) }
}
