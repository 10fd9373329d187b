import { Decimal } from '@prisma/client/runtime/client'
import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import type { Row } from '../../protocol/row-codec.js'
import type { Enums } from './pg-text.js'
import { quoteName } from './sql-names.js'

/** Fields that Prisma can read, in the order of the facts. */
export function readableFields(facts: ModelFacts): readonly ScalarField[] {
  return facts.fields.filter((field) => field.type !== 'Unsupported')
}

/** Postgres passes 100 arguments to a function at most. */
const CHUNK = 90

/**
 * One JSON text a row, made by Postgres in a form that does not depend on the driver or on settings of the session:
 * digits for what a JSON number would round, milliseconds for times, hex for bytes.
 */
export function rowExpression(fields: readonly ScalarField[], alias: string): string {
  const items = fields.map((field) => fieldExpression(field, `${alias}.${quoteName(field.dbName)}`))
  const chunks: string[] = []
  for (let i = 0; i < items.length; i += CHUNK) chunks.push(`json_build_array(${items.slice(i, i + CHUNK).join(', ')})`)
  return `json_build_array(${chunks.join(', ')})::text`
}

function fieldExpression(field: ScalarField, column: string): string {
  switch (field.type) {
    case 'BigInt':
      return field.list ? orEmpty(`${column}::text[]`) : `${column}::text`
    case 'Decimal':
      return field.list ? orEmpty(`${column}::numeric[]::text[]`) : `${column}::numeric::text`
    case 'DateTime':
      return field.list ? each(column, milliseconds(field, 'x')) : milliseconds(field, column)
    case 'Bytes':
      return field.list ? each(column, `encode(x, 'hex')`) : `encode(${column}, 'hex')`
    default:
      return field.list ? orEmpty(column) : column
  }
}

/** Prisma reads a list column that holds NULL as an empty list. */
function orEmpty(list: string): string {
  return `coalesce(to_json(${list}), '[]'::json)`
}

function each(column: string, item: string): string {
  return `(SELECT coalesce(json_agg(${item} ORDER BY n), '[]'::json) FROM unnest(${column}) WITH ORDINALITY AS u(x, n))`
}

/** Rounded down, as Date does with the digits that Prisma hands it; without the offset, as Prisma's adapter reads. */
function milliseconds(field: ScalarField, value: string): string {
  const native = field.nativeType?.[0]
  const type = native === 'Time' || native === 'Timetz' ? 'time' : 'timestamp'
  return `floor(extract(epoch FROM ${value}::${type}) * 1000)::text`
}

/** The inverse of `rowExpression`: field names and value types as Prisma gives them. */
export function readReturned(fields: readonly ScalarField[], text: string, enums: Enums): Row {
  const items = (JSON.parse(text) as unknown[][]).flat(1)
  const row: Row = {}
  for (const [i, field] of fields.entries()) row[field.name] = readField(field, items[i], enums)
  return row
}

function readField(field: ScalarField, item: unknown, enums: Enums): unknown {
  if (field.list) return (item as unknown[]).map((one) => readOne(field, one, enums))
  return item === null ? null : readOne(field, item, enums)
}

function readOne(field: ScalarField, item: unknown, enums: Enums): unknown {
  switch (field.type) {
    case 'Int':
    case 'Float':
      return Number(item)
    case 'BigInt':
      return BigInt(item as string)
    case 'Decimal':
      return new Decimal(item as string)
    case 'DateTime':
      return new Date(Number(item))
    case 'Bytes':
      return new Uint8Array(Buffer.from(item as string, 'hex'))
    case 'Enum':
      return enumName(field, item as string, enums)
    default:
      return item
  }
}

function enumName(field: ScalarField, dbValue: string, enums: Enums): string {
  for (const [name, db] of Object.entries(enums[field.enumName ?? '']?.values ?? {})) if (db === dbValue) return name
  return dbValue
}
