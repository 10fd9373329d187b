import type { Args, Call } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { orderedPart, totalOrder } from './order.js'
import { selectionOf } from './selection.js'
import { fieldItem, isAskable, isNumber } from './values.js'
import { keyWhere, uniqueWhere, whereOf } from './where.js'

export function readOf(context: Context, model: Model): Call {
  const { random } = context
  const operation = random.weighted([
    [7, 'findUnique'],
    [1, 'findUniqueOrThrow'],
    [2, 'findFirst'],
    [0.5, 'findFirstOrThrow'],
    [5, 'findMany'],
    [2, 'count'],
    [1.5, 'aggregate'],
    [1.5, 'groupBy'],
  ])
  const args = argsOf(context, model, operation)
  // Where there is a choice of how relations are loaded, which makes no difference to what is right.
  const chosen = 'include' in args || 'select' in args
  const joins = context.models.joins && operation.startsWith('find') && chosen && random.chance(0.4)
  const how = joins ? { relationLoadStrategy: random.pick(['join', 'query']) } : {}
  return { kind: 'call', model: model.name, operation, args: { ...args, ...how } }
}

function argsOf(context: Context, model: Model, operation: string): Args {
  const { random } = context
  switch (operation) {
    case 'findUnique':
    case 'findUniqueOrThrow':
      return { where: uniqueWhere(context, model), ...selectionOf(context, model) }
    case 'findFirst':
    case 'findFirstOrThrow':
      return {
        ...filter(context, model),
        ...orderedPart(context, model, { one: true }),
        ...selectionOf(context, model),
      }
    case 'findMany':
      return {
        ...filter(context, model),
        ...(random.chance(0.6) ? orderedPart(context, model) : {}),
        ...selectionOf(context, model),
      }
    case 'count':
      return {
        ...filter(context, model),
        ...part(context, model),
        ...(random.chance(0.4) ? { select: flags(random.some(['_all', ...namesOf(model)], 1)) } : {}),
      }
    case 'aggregate':
      return { ...filter(context, model), ...part(context, model), ...aggregates(context, model) }
    default:
      return groupByOf(context, model)
  }
}

const filter = (context: Context, model: Model): Args =>
  context.random.chance(0.5) ? { where: whereOf(context, model) } : {}

const part = (context: Context, model: Model): Args =>
  context.random.chance(0.25) ? orderedPart(context, model, { distinct: false }) : {}

const flags = (names: readonly string[]): Args => Object.fromEntries(names.map((name) => [name, true]))

function namesOf(model: Model, unwanted: readonly string[] = []): string[] {
  return model.fields
    .filter((field) => isAskable(model, field) && !field.list && field.type !== 'Json')
    .filter((field) => !unwanted.includes(field.nativeType?.[0] ?? field.type))
    .map((field) => field.name)
}

/** Types that Postgres knows no least and greatest of. */
const UNORDERED = ['Boolean', 'Bytes', 'Enum', 'Uuid', 'Bit', 'VarBit', 'Oid']

function aggregates(context: Context, model: Model): Args {
  const { random } = context
  const numbers = model.fields.filter((field) => isNumber(field) && isAskable(model, field)).map((field) => field.name)
  const ordered = namesOf(model, UNORDERED)
  const asked: Args = {}
  if (random.chance(0.6)) asked._count = random.chance(0.5) ? true : flags(random.some(['_all', ...namesOf(model)], 1))
  for (const name of ['_sum', '_avg']) {
    if (numbers.length > 0 && random.chance(0.4)) asked[name] = flags(random.some(numbers, 1))
  }
  for (const name of ['_min', '_max']) if (random.chance(0.4)) asked[name] = flags(random.some(ordered, 1))
  return Object.keys(asked).length > 0 ? asked : { _count: true }
}

function groupByOf(context: Context, model: Model): Args {
  const { random } = context
  const by = random.some(namesOf(model, ['Bytes']), 1).slice(0, 2)
  const args: Args = { by, ...filter(context, model), ...aggregates(context, model) }
  const direction = () => random.pick(['asc', 'desc'])
  if (random.chance(0.6)) {
    const first = random.chance(0.3) ? [{ _count: { [by[0]!]: direction() } }] : []
    args.orderBy = [...first, ...by.map((name) => ({ [name]: direction() }))]
    if (random.chance(0.4)) args.take = 1 + random.below(3)
    if (random.chance(0.3)) args.skip = random.below(2)
  }
  if (random.chance(0.3)) args.having = havingOf(context, model, by)
  return args
}

/** Of the groups: by their size, by a value that they share, by what their numbers come to. */
function havingOf(context: Context, model: Model, by: readonly string[]): Args {
  const { random } = context
  const name = random.pick(by)
  const numbers = model.fields.filter((field) => isNumber(field) && isAskable(model, field))
  const size = (): Args => ({ [name]: { _count: { gte: random.below(3) } } })
  return random.weighted<() => Args>([
    [3, size],
    [1, () => ({ [name]: { not: fieldItem(context, model, model.field(name)) } })],
    [1, () => ({ OR: [size(), { [name]: { _count: { equals: 1 } } }] })],
    [
      numbers.length > 0 ? 2 : 0,
      () => ({ [random.pick(numbers).name]: { [random.pick(['_sum', '_avg', '_min', '_max'])]: { gt: 0 } } }),
    ],
  ])()
}

/** The whole table in a fixed order: the question that every write of the model must be seen in. */
export function wholeTable(context: Context, model: Model): Call {
  return { kind: 'call', model: model.name, operation: 'findMany', args: { orderBy: totalOrder(context, model) } }
}

/** What depends on few columns, and on none that it does not mention. */
export function fewColumns(context: Context, model: Model): Call {
  const { random } = context
  const fields = model.fields.filter((field) => isAskable(model, field) && !field.list && field.type !== 'Json')
  const field = random.pick(fields)
  const condition = field.nullable && random.chance(0.2) ? { not: null } : fieldItem(context, model, field)
  const conditions = random.weighted<Args>([
    [3, { where: { [field.name]: condition } }],
    [2, { where: byKey(context, model) }],
    [1, {}],
  ])
  const select = flags([random.pick(fields).name, ...(random.chance(0.3) ? [random.pick(fields).name] : [])])
  const orderBy = model.key.fields.map((name) => ({ [name]: random.pick(['asc', 'desc']) }))
  return random.weighted<() => Call>([
    [3, () => call(model, 'count', conditions)],
    [3, () => call(model, 'findMany', { ...conditions, select, orderBy })],
    [1, () => call(model, 'findFirst', { ...conditions, select, orderBy })],
    [1, () => call(model, 'aggregate', { ...conditions, ...aggregates(context, model) })],
    [1, () => call(model, 'findUnique', { where: keyWhere(context, model), select })],
  ])()
}

/** One row by its primary key, which only the writes of that row and the wide ones may make stale. */
export function wholeRow(context: Context, model: Model): Call {
  return { kind: 'call', model: model.name, operation: 'findUnique', args: { where: keyWhere(context, model) } }
}

/** A list by the value of a key, its own or foreign: what a write of a row with another value leaves alone. */
export function listByKey(context: Context, model: Model): Call {
  const { random } = context
  const where = byKey(context, model)
  const args: Args = {
    where: random.chance(0.2)
      ? { OR: [where, random.chance(0.5) ? byKey(context, model) : whereOf(context, model, 1)] }
      : where,
  }
  const order = () => (random.chance(0.2) ? orderedPart(context, model) : { orderBy: totalOrder(context, model) })
  return random.weighted<() => Call>([
    [5, () => call(model, 'findMany', { ...args, ...order(), ...selectionOf(context, model, 1) })],
    [2, () => call(model, 'count', args)],
    [1, () => call(model, 'findFirst', { ...args, orderBy: totalOrder(context, model) })],
    [1, () => call(model, 'aggregate', { ...args, ...aggregates(context, model) })],
  ])()
}

/** Also used of writes: a condition on a field of a key. */
export function byKey(context: Context, model: Model): Args {
  const { random } = context
  const field = random.pick(model.keyLike)
  const value = () => fieldItem(context, model, field)
  const condition = random.weighted<() => unknown>([
    [5, value],
    [1, () => ({ equals: value() })],
    [2, () => ({ in: [value(), value()] })],
    [field.nullable ? 1 : 0, () => null],
  ])()
  return { [field.name]: condition, ...(random.chance(0.2) ? whereOf(context, model, 1) : {}) }
}

/** A row by its primary key, with the lists that hang on it. */
export function rowWithLists(context: Context, model: Model): Call {
  const { random } = context
  const lists = model.relations.filter((relation) => relation.from.length === 0)
  if (lists.length === 0) return wholeRow(context, model)
  const chosen = random.some(lists, 1).map((relation) => [relation.name, true] as const)
  const counted = lists.filter((relation) => relation.list).map((relation) => [relation.name, true] as const)
  const count = counted.length > 0 && random.chance(0.3) ? { _count: { select: Object.fromEntries(counted) } } : {}
  return call(model, 'findUnique', {
    where: keyWhere(context, model),
    include: { ...Object.fromEntries(chosen), ...count },
  })
}

const call = (model: Model, operation: string, args: Args): Call => ({
  kind: 'call',
  model: model.name,
  operation,
  args,
})
