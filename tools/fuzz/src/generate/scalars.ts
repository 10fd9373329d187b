import { DbNull } from '@prisma/client/runtime/client'
import type { ScalarField } from 'prisma-cache'
import type { Args } from '../operation.js'
import type { Model, Relation } from '../schema/models.js'
import type { Context } from './context.js'
import { fieldItem, fieldValue, isNumber } from './values.js'

/**
 * Prisma knows two forms of data: with the relations, or with the foreign keys and the ids that the database would
 * make; never both.
 */
export type Form = 'relations' | 'foreignKeys'

const madeByDatabase = (field: ScalarField) => field.default?.by === 'database'

/** Scalars only, as `createMany` takes them. */
export function createManyRow(context: Context, model: Model, through?: Relation): Args {
  const given = new Set(through?.inverse.from ?? [])
  return Object.fromEntries(
    model.fields
      .filter((field) => !given.has(field.name) && isGiven(context, model, field))
      .map((field) => [field.name, createValue(context, model, field)]),
  )
}

/** Scalars only, as `updateMany` takes them. A key of many rows is never counted up: their order would decide. */
export function updateManyData(context: Context, model: Model, through?: Relation): Args {
  const given = new Set(through?.inverse.from ?? [])
  return changes(
    context,
    model,
    model.fields.filter((field) => !given.has(field.name) && !model.key.fields.includes(field.name)),
  )
}

export function changes(context: Context, model: Model, fields: readonly ScalarField[]): Args {
  const { random } = context
  const isKey = (field: ScalarField) => model.key.fields.includes(field.name)
  const chosen = random.some(
    fields.filter((field) => !isKey(field) || random.chance(0.3)),
    random.chance(0.9) ? 1 : 0,
  )
  return Object.fromEntries(chosen.map((field) => [field.name, change(context, model, field)]))
}

function change(context: Context, model: Model, field: ScalarField): unknown {
  const { random } = context
  const value = () => valueOrNull(context, model, field)
  if (field.type === 'Json') return value()
  if (field.list) {
    return random.weighted<() => unknown>([
      [2, () => fieldValue(context, model, field)],
      [1, () => ({ set: fieldValue(context, model, field) })],
      [1, () => ({ push: fieldItem(context, model, field) })],
      [1, () => ({ push: fieldValue(context, model, field) })],
    ])()
  }
  const isKey = model.key.fields.includes(field.name) || model.foreign.has(field.name)
  if (isNumber(field) && !isKey && random.chance(0.5)) {
    // A quotient of floats is rounded, and then the order of a sum matters.
    const exact = ['increment', 'increment', 'increment', 'decrement', 'decrement']
    const operations = field.type === 'Float' ? exact : [...exact, 'multiply', 'divide']
    return { [random.pick(operations)]: fieldItem(context, model, field) }
  }
  return random.chance(0.2) ? { set: value() } : value()
}

/** Does a form of data hold the field? */
export function isOfForm(model: Model, field: ScalarField, form: Form): boolean {
  if (form === 'foreignKeys') return true
  return !model.foreign.has(field.name) && !madeByDatabase(field)
}

export function isGiven({ random }: Context, model: Model, field: ScalarField): boolean {
  // An id that a client makes at random would differ between the twins.
  if (model.key.fields.includes(field.name)) return madeByDatabase(field) ? random.chance(0.7) : true
  if (model.timed.has(field.name)) return random.chance(0.3)
  if (field.default || field.nullable || field.list) return random.chance(0.6)
  // Once in a while Prisma has to refuse.
  return !random.chance(0.003)
}

export function createValue(context: Context, model: Model, field: ScalarField): unknown {
  if (field.list && context.random.chance(0.2)) return { set: fieldValue(context, model, field) }
  return valueOrNull(context, model, field)
}

function valueOrNull(context: Context, model: Model, field: ScalarField): unknown {
  if (field.nullable && context.random.chance(0.15)) return field.type === 'Json' ? DbNull : null
  return fieldValue(context, model, field)
}
