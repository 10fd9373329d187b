import type { ScalarField } from 'prisma-cache'
import type { Raw } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { fieldItem } from './values.js'

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

const tableOf = (model: Model) =>
  (model.facts.dbSchema === undefined ? '' : `${quoted(model.facts.dbSchema)}.`) + quoted(model.facts.dbName)

const columnOf = (field: ScalarField) => quoted(field.dbName)

/** Raw SQL that reads or writes one table, of which prisma-cache knows what it is told or can see. */
export function rawOf(context: Context, model: Model): Raw {
  const { random } = context
  const key = model.key.fields.map((name) => model.field(name))
  const values = key.map((field) => fieldItem(context, model, field))
  const where = key.map((field, i) => `${columnOf(field)} = $${i + 1}`).join(' AND ')
  const table = tableOf(model)
  const changed = changeOf(context, model, values.length + 1)
  const declared = random.chance(0.3) ? { declared: [model.name] } : {}
  const keys = key.map(columnOf).join(', ')
  const update = changed && `UPDATE ${table} SET ${changed.sql} WHERE ${where}`
  return random.weighted<() => Raw>([
    [
      2,
      () => ({
        kind: 'raw',
        method: '$queryRawUnsafe',
        sql: `SELECT ${keys} FROM ${table} ORDER BY ${keys}`,
        values: [],
      }),
    ],
    [
      update ? 4 : 0,
      () => ({
        kind: 'raw',
        method: '$executeRawUnsafe',
        sql: update!,
        values: [...values, changed!.value],
        ...declared,
      }),
    ],
    [
      update ? 1 : 0,
      () => ({
        kind: 'raw',
        method: '$queryRawUnsafe',
        sql: `${update} RETURNING ${keys}`,
        values: [...values, changed!.value],
        ...declared,
      }),
    ],
    [
      1,
      () => ({
        kind: 'raw',
        method: '$executeRawUnsafe',
        sql: `DELETE FROM ${table} WHERE ${where}`,
        values,
        ...declared,
      }),
    ],
    [
      1,
      () => ({
        kind: 'raw',
        method: '$queryRawUnsafe',
        sql: `WITH gone AS (DELETE FROM ${table} WHERE ${where} RETURNING 1) SELECT count(*)::int AS n FROM gone`,
        values,
        ...declared,
      }),
    ],
  ])()
}

/** One plain column of a type that a parameter fits without a cast. */
function changeOf(context: Context, model: Model, parameter: number): { sql: string; value: unknown } | undefined {
  const fields = model.fields.filter(
    (field) =>
      !field.list &&
      ['String', 'Int', 'Boolean'].includes(field.type) &&
      field.nativeType === undefined &&
      !model.key.fields.includes(field.name),
  )
  if (fields.length === 0) return undefined
  const field = context.random.pick(fields)
  return { sql: `${columnOf(field)} = $${parameter}`, value: fieldItem(context, model, field) }
}
