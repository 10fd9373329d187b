import type { ScalarField } from '@prisma-cache/policy-dsl'
import type { ChangeKind, SealedChange } from '../change.js'
import { columnOf, deltaColumn, quoteName } from './sql-names.js'

/** What decides a change's statement. Rows of one shape go into one. */
export interface Shape {
  readonly kind: ChangeKind
  readonly set: readonly string[]
  readonly add: readonly string[]
  /** Those of `set` that become JSON's null. */
  readonly jsonNull: readonly string[]
}

export function shapeOf(change: SealedChange, isJsonNull: (field: string) => boolean): Shape {
  if (change.kind === 'D') return { kind: 'D', set: [], add: [], jsonNull: [] }
  const set = Object.keys(change.set).sort()
  return { kind: change.kind, set, add: Object.keys(change.add).sort(), jsonNull: set.filter(isJsonNull) }
}

export interface StatementParts {
  readonly table: string
  readonly all: readonly ScalarField[]
  readonly keyFields: readonly ScalarField[]
  /** Joins `t` and `v` by primary key. */
  readonly onKey: string
  readonly returning: string
  field(name: string): ScalarField
}

/** The statement's only parameter is a JSON list of rows by column name, which Postgres casts to the columns' types. */
export function statementFor(shape: Shape, parts: StatementParts): string {
  const { table, onKey, returning } = parts
  const rows = rowsOf(shape, parts)
  switch (shape.kind) {
    case 'C':
      return `${insert(shape, parts, rows)} RETURNING ${returning} AS r`
    case 'R':
      return `${insert(shape, parts, rows)} ${overwrite(shape, parts)} RETURNING ${returning} AS r`
    case 'U':
      return `UPDATE ${table} AS t SET ${assignments(shape, parts)} FROM ${rows} WHERE ${onKey} RETURNING ${returning} AS r`
    case 'D':
      return `DELETE FROM ${table} AS t USING ${rows} WHERE ${onKey} RETURNING ${returning} AS r`
  }
}

/** A sum of deltas may lie outside of the column's range where the sum with the column does not. */
function rowsOf({ add }: Shape, { table, field }: StatementParts): string {
  const typed = `json_populate_recordset(NULL::${table}, $1::json)`
  if (add.length === 0) return `${typed} AS v`
  const deltas = add.map((name) => `${quoteName(deltaColumn(field(name)))} numeric`)
  return `ROWS FROM (${typed}, json_to_recordset($1::json) AS (${deltas.join(', ')})) AS v`
}

function insert(shape: Shape, parts: StatementParts, rows: string): string {
  const fields = written(shape, parts)
  const columns = [...parts.keyFields, ...fields].map(columnOf)
  const values = [...parts.keyFields, ...fields].map((field) => valueFor(shape, field))
  return `INSERT INTO ${parts.table} AS t (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${rows}`
}

/** Columns that the new row does not name start over with their default, as in a row that is inserted. */
function overwrite(shape: Shape, { all, keyFields }: StatementParts): string {
  const others = all.filter((field) => !keyFields.includes(field))
  const key = keyFields.map(columnOf)
  const sets = others.map((field) => {
    const column = columnOf(field)
    return `${column} = ${shape.set.includes(field.name) ? `EXCLUDED.${column}` : 'DEFAULT'}`
  })
  if (sets.length === 0) sets.push(`${key[0]} = EXCLUDED.${key[0]}`)
  return `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${sets.join(', ')}`
}

function assignments(shape: Shape, parts: StatementParts): string {
  const sets = written(shape, parts).map((field) => `${columnOf(field)} = ${valueFor(shape, field)}`)
  const adds = shape.add.map((name) => {
    const column = columnOf(parts.field(name))
    return `${column} = t.${column} + v.${quoteName(deltaColumn(parts.field(name)))}`
  })
  const all = [...sets, ...adds]
  if (all.length > 0) return all.join(', ')
  // Nothing is changed, yet the row must be there, and is returned.
  const key = columnOf(parts.keyFields[0]!)
  return `${key} = t.${key}`
}

/** The columns to set but for the primary key, which an accepted change never moves. */
function written(shape: Shape, { keyFields, field }: StatementParts): ScalarField[] {
  return shape.set.map(field).filter((one) => !keyFields.includes(one))
}

function valueFor(shape: Shape, field: ScalarField): string {
  if (!shape.jsonNull.includes(field.name)) return `v.${columnOf(field)}`
  return field.nativeType?.[0] === 'Json' ? `'null'::json` : `'null'::jsonb`
}
