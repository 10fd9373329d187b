import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import { encodeField } from '../../protocol/field-codec.js'
import type { Row } from '../../protocol/row-codec.js'
import type { SealedRow } from '../seal.js'
import { type Enums, isJsonNull, toPgJson } from './pg-text.js'
import { readableFields, readReturned, rowExpression } from './returned-row.js'
import { keyOfRow } from './row-key.js'
import { columnOf, deltaColumn, tableName } from './sql-names.js'
import { shapeOf, statementFor } from './statements.js'

/** Rows that one statement writes. Parameter: the JSON list of `json`. Answers one text a row that was there. */
export interface Group {
  readonly sql: string
  readonly rows: readonly SealedRow[]
}

/** Everything that is made of a model's facts to write and read its rows, made once. */
export interface ModelSql {
  /** Groups of one kind and one set of columns, in the order of their first row. */
  group(rows: readonly SealedRow[]): Group[]
  /** Reads rows by primary key. */
  readonly select: string
  json(rows: readonly SealedRow[], keysOnly?: boolean): string
  read(text: string): Row
  /** Equal for a row of the batch and for what Postgres has returned of it. */
  identity(of: SealedRow | Row): string
}

export function createModelSql(facts: ModelFacts, enums: Enums, defaultSchema?: string): ModelSql {
  const byName = new Map(facts.fields.map((field) => [field.name, field]))
  const readable = readableFields(facts)
  const keyFields = (facts.primaryKey?.fields ?? []).map((name) => fieldOf(facts, byName, name))
  const table = tableName(facts, defaultSchema)
  const returning = rowExpression(readable, 't')
  const statements = new Map<string, string>()
  const onKey = keyFields.map((field) => `t.${columnOf(field)} = v.${columnOf(field)}`).join(' AND ')

  function sqlOf(row: SealedRow): string {
    const shape = shapeOf(row.change, (name) => isJsonNull(fieldOf(facts, byName, name), row.change.set[name]!))
    const id = JSON.stringify(shape)
    let sql = statements.get(id)
    if (sql === undefined) {
      const field = (name: string) => fieldOf(facts, byName, name)
      sql = statementFor(shape, { table, all: facts.fields, keyFields, onKey, returning, field })
      statements.set(id, sql)
    }
    return sql
  }

  return {
    group(rows) {
      const groups = new Map<string, SealedRow[]>()
      for (const row of rows) {
        const sql = sqlOf(row)
        const group = groups.get(sql)
        if (group) group.push(row)
        else groups.set(sql, [row])
      }
      return [...groups].map(([sql, group]) => ({ sql, rows: group }))
    },
    select: `SELECT ${returning} AS r FROM ${table} AS t JOIN json_populate_recordset(NULL::${table}, $1::json) AS v ON ${onKey}`,
    json(rows, keysOnly = false) {
      const objects = rows.map(({ row, change }) => {
        const values = keysOnly ? keyOfRow(facts, row) : { ...change.set, ...keyOfRow(facts, row) }
        const members = Object.entries(values).map(([name, text]) => {
          const field = fieldOf(facts, byName, name)
          return `${JSON.stringify(field.dbName)}:${toPgJson(field, text, enums)}`
        })
        if (!keysOnly) {
          for (const [name, digits] of Object.entries(change.add)) {
            members.push(`${JSON.stringify(deltaColumn(fieldOf(facts, byName, name)))}:${digits}`)
          }
        }
        return `{${members.join(',')}}`
      })
      return `[${objects.join(',')}]`
    },
    read: (text) => readReturned(readable, text, enums),
    identity(of) {
      const key = isSealed(of) ? keyOfRow(facts, of.row) : undefined
      const returned = of as Row
      return JSON.stringify(keyFields.map((field) => key?.[field.name] ?? encodeField(field, returned[field.name])))
    },
  }
}

function isSealed(of: SealedRow | Row): of is SealedRow {
  return typeof of.row === 'string' && typeof of.change === 'object' && of.change !== null && 'kind' in of.change
}

function fieldOf(facts: ModelFacts, byName: ReadonlyMap<string, ScalarField>, name: string): ScalarField {
  const field = byName.get(name)
  if (field) return field
  throw new Error(
    `a pending change of ${facts.name} sets ${name}, which this worker's policies do not have: is the worker older than the client that wrote it?`,
  )
}
