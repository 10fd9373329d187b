import type { ScalarField } from 'prisma-cache'
import type { Raw } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { fieldItem } from './values.js'

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

const tableOf = (model: Model) =>
  (model.facts.dbSchema === undefined ? '' : `${quoted(model.facts.dbSchema)}.`) + quoted(model.facts.dbName)

const columnOf = (field: ScalarField) => quoted(field.dbName)

type Statement = Pick<Raw, 'sql' | 'values'> & { readonly answers: boolean }

/** Raw SQL that reads or writes one table, of which prisma-cache knows what it is told or can see. */
export function rawOf(context: Context, model: Model): Raw {
  const { random } = context
  const { answers, sql, values } = statementOf(context, model)
  const template = !sql.includes(';') && random.chance(0.3)
  const method = answers ? (template ? '$queryRaw' : '$queryRawUnsafe') : template ? '$executeRaw' : '$executeRawUnsafe'
  const isRead = sql.startsWith('SELECT')
  const declared = !isRead && random.chance(0.3) ? { declared: [model.name] } : {}
  return { kind: 'raw', method, sql, values, ...declared }
}

function statementOf(context: Context, model: Model): Statement {
  const { random } = context
  const key = model.key.fields.map((name) => model.field(name))
  const values = key.map((field) => fieldItem(context, model, field))
  const keys = key.map(columnOf).join(', ')
  const where = key.map((field, i) => `${columnOf(field)} = $${i + 1}`).join(' AND ')
  const table = tableOf(model)
  const changed = changeOf(context, model)
  const setTo = (n: number) => `${changed?.column} = $${n}`
  const update = `UPDATE ${table} SET ${setTo(key.length + 1)} WHERE ${where}`
  const tie = tieOf(context, model)
  const plain = literals(key, values)
  const change = changed ? [...values, changed.value] : values
  return random.weighted<() => Statement>([
    [2, () => ({ answers: true, sql: `SELECT ${keys} FROM ${table} ORDER BY ${keys}`, values: [] })],
    [changed ? 4 : 0, () => ({ answers: false, sql: update, values: change })],
    [changed ? 1 : 0, () => ({ answers: true, sql: `${update} RETURNING ${keys}`, values: change })],
    [1, () => ({ answers: false, sql: `DELETE FROM ${table} WHERE ${where}`, values })],
    [
      1,
      () => ({
        answers: true,
        sql: `WITH gone AS (DELETE FROM ${table} WHERE ${where} RETURNING 1) SELECT count(*)::int AS n FROM gone`,
        values,
      }),
    ],
    // Inserts nothing new, and changes the row that stands.
    [
      changed ? 1 : 0,
      () => ({
        answers: false,
        sql: `INSERT INTO ${table} SELECT * FROM ${table} WHERE ${where} ON CONFLICT (${keys}) DO UPDATE SET ${setTo(key.length + 1)}`,
        values: change,
      }),
    ],
    [
      changed ? 1 : 0,
      () => ({
        answers: false,
        sql: `MERGE INTO ${table} AS t USING (SELECT ${keys} FROM ${table} WHERE ${where}) AS s ON ${key
          .map((field) => `t.${columnOf(field)} = s.${columnOf(field)}`)
          .join(' AND ')} WHEN MATCHED THEN UPDATE SET ${setTo(key.length + 1)}`,
        values: change,
      }),
    ],
    [
      plain ? 0.7 : 0,
      () => ({
        answers: false,
        sql: `DELETE FROM ${table} WHERE false; DELETE FROM ${table} WHERE ${plain}`,
        values: [],
      }),
    ],
    [tie ? 1 : 0, () => tie!],
    [0.05, () => ({ answers: false, sql: `TRUNCATE ${table} CASCADE`, values: [] })],
  ])()
}

/** A row of a table between two models goes. */
function tieOf(context: Context, model: Model): Statement | undefined {
  const ties = model.relations.filter((relation) => relation.manyToMany)
  if (ties.length === 0) return undefined
  const relation = context.random.pick(ties)
  const { relationName } = relation.inverse
  const column = model.name <= relation.model ? 'A' : 'B'
  const value = fieldItem(context, model, model.field(model.key.fields[0]!))
  return {
    answers: false,
    sql: `DELETE FROM ${quoted(`_${relationName}`)} WHERE ${quoted(column)} = $1`,
    values: [value],
  }
}

/** The key's values in the text itself, where they are plain. */
function literals(key: readonly ScalarField[], values: readonly unknown[]): string | undefined {
  const texts = key.map((field, i) => {
    const value = values[i]
    if (typeof value === 'number' || typeof value === 'bigint') return `${columnOf(field)} = ${value}`
    const isText = typeof value === 'string' && field.type === 'String' && !value.includes('\\')
    return isText ? `${columnOf(field)} = '${value.replaceAll("'", "''")}'` : undefined
  })
  return texts.includes(undefined) ? undefined : texts.join(' AND ')
}

/** One plain column of a type that a parameter fits without a cast. */
function changeOf(context: Context, model: Model): { column: string; value: unknown } | undefined {
  const fields = model.fields.filter(
    (field) =>
      !field.list &&
      ['String', 'Int', 'Boolean'].includes(field.type) &&
      field.nativeType === undefined &&
      !model.key.fields.includes(field.name),
  )
  if (fields.length === 0) return undefined
  const field = context.random.pick(fields)
  return { column: columnOf(field), value: fieldItem(context, model, field) }
}
