import { AnyNull, DbNull, JsonNull } from '@prisma/client/runtime/client'
import type { ScalarField } from 'prisma-cache'
import { type Args, FieldReference } from '../operation.js'
import type { Model, Relation } from '../schema/models.js'
import type { Context } from './context.js'
import { fieldItem, fieldValue, isAskable } from './values.js'

/** A filter over the model's rows; may be empty. */
export function whereOf(context: Context, model: Model, depth = 2): Args {
  const { random } = context
  const where: Args = {}
  const kinds = random.weighted<readonly string[]>([
    [6, ['scalar']],
    [2, ['scalar', 'scalar']],
    [3, ['relation']],
    [1, ['scalar', 'relation']],
    [2, ['logic']],
    [1, []],
  ])
  for (const kind of kinds) {
    if (kind === 'logic' && depth > 0) Object.assign(where, logicOf(context, model, depth))
    else if (kind === 'relation' && depth > 0 && model.relations.length > 0) {
      const relation = random.pick(model.relations)
      where[relation.name] = relationFilter(context, relation, depth)
    } else {
      const field = random.pick(model.fields.filter((one) => isAskable(model, one)))
      where[field.name] = scalarFilter(context, model, field)
    }
  }
  return where
}

function logicOf(context: Context, model: Model, depth: number): Args {
  const { random } = context
  const name = random.pick(['AND', 'OR', 'NOT'])
  const arms = Array.from({ length: random.below(2) + 1 }, () => whereOf(context, model, depth - 1))
  return { [name]: arms.length === 1 && name !== 'OR' ? arms[0] : arms }
}

function relationFilter(context: Context, relation: Relation, depth: number): unknown {
  const { random, models } = context
  const other = models.get(relation.model)
  const inner = () => whereOf(context, other, depth - 1)
  if (relation.list) return { [random.pick(['some', 'every', 'none'])]: inner() }
  if (relation.nullable && random.chance(0.25)) return random.pick([null, { is: null }, { isNot: null }])
  return random.weighted<() => unknown>([
    [2, inner],
    [1, () => ({ is: inner() })],
    [1, () => ({ isNot: inner() })],
  ])()
}

/** Native types that Postgres compares with patterns. */
const TEXTUAL = new Set(['Text', 'VarChar', 'Char', 'Citext'])

export function scalarFilter(context: Context, model: Model, field: ScalarField): unknown {
  const { random } = context
  const value = () => fieldItem(context, model, field)
  const values = () => Array.from({ length: random.below(3) }, value)
  if (field.list) {
    return random.weighted<() => Args>([
      [2, () => ({ has: value() })],
      [1, () => ({ hasSome: values() })],
      [1, () => ({ hasEvery: values() })],
      [1, () => ({ isEmpty: random.chance(0.5) })],
      [1, () => ({ equals: fieldValue(context, model, field) })],
    ])()
  }
  if (field.type === 'Json') return jsonFilter(context, field, value)
  if (field.nullable && random.chance(0.15)) return random.chance(0.5) ? null : { not: null }
  const equality: (readonly [number, () => unknown])[] = [
    [5, value],
    [1, () => ({ equals: value() })],
    [1, () => ({ not: value() })],
  ]
  if (field.type === 'Boolean') return random.weighted(equality)()
  equality.push([2, () => ({ in: values() })], [1, () => ({ notIn: values() })])
  equality.push([0.5, () => ({ not: { in: values() } })])
  if (field.type === 'Bytes' || field.type === 'Enum') return random.weighted(equality)()
  const comparison = () => random.pick(['lt', 'lte', 'gt', 'gte'])
  equality.push([3, () => ({ [comparison()]: value() })])
  equality.push([0.5, () => ({ not: { [comparison()]: value() }, gte: value() })])
  const peers = model.fields.filter(
    (one) => one.type === field.type && !one.list && one !== field && isAskable(model, one),
  )
  if (peers.length > 0 && field.nativeType?.[0] === undefined) {
    const peer = () => new FieldReference(model.name, random.pick(peers).name)
    equality.push([0.3, () => ({ equals: peer() })], [0.3, () => ({ [comparison()]: peer() })])
  }
  if (field.type === 'String' && TEXTUAL.has(field.nativeType?.[0] ?? 'Text')) {
    equality.push([
      2,
      () => ({
        [random.pick(['contains', 'startsWith', 'endsWith'])]: value(),
        ...(random.chance(0.3) ? { mode: 'insensitive' } : {}),
      }),
    ])
    equality.push([0.5, () => ({ equals: value(), mode: 'insensitive' })])
  }
  return random.weighted(equality)()
}

const JSON_TEXT = ['string_contains', 'string_starts_with', 'string_ends_with']
const JSON_LIST = ['array_contains', 'array_starts_with', 'array_ends_with']

function jsonFilter({ random }: Context, field: ScalarField, value: () => unknown): unknown {
  return random.weighted<() => Args>([
    [2, () => ({ equals: value() })],
    [1, () => ({ not: value() })],
    [1, () => ({ equals: field.nullable ? random.pick([AnyNull, DbNull, JsonNull]) : JsonNull })],
    [1, () => ({ path: ['a'], equals: 1 })],
    [0.5, () => ({ path: ['b', '2', 'c'], [random.pick(JSON_TEXT)]: 'x' })],
    [0.5, () => ({ path: ['b'], [random.pick(JSON_LIST)]: random.pick([1, null, { c: 'x' }]) })],
    [0.5, () => ({ path: ['a'], [random.pick(['gt', 'gte', 'lt', 'lte'])]: random.pick([0, 1, 2]) })],
    [0.5, () => ({ array_contains: random.pick([[1], ['x'], []]) })],
  ])()
}

/** A `where` that names one row, by the primary key or another unique one, at times with further conditions. */
export function uniqueWhere(context: Context, model: Model): Args {
  const { random } = context
  const key = model.uniques.length > 0 && random.chance(0.4) ? random.pick(model.uniques) : model.key
  return { ...(random.chance(0.08) ? whereOf(context, model, 1) : {}), ...keyWhere(context, model, key) }
}

export function keyWhere(context: Context, model: Model, key = model.key): Args {
  return whereOfKey(keyValues(context, model, key), key)
}

export function keyValues(context: Context, model: Model, key = model.key): Args {
  return Object.fromEntries(key.fields.map((name) => [name, fieldItem(context, model, model.field(name))]))
}

export function whereOfKey(values: Args, { name, fields }: Model['key']): Args {
  return fields.length === 1 && fields[0] === name ? values : { [name]: values }
}
