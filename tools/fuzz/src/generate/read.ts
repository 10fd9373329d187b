import type { Args, Call } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { orderedPart, totalOrder } from './order.js'
import { selectionOf } from './selection.js'
import { isAskable, isNumber } from './values.js'
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
  return { kind: 'call', model: model.name, operation, args: argsOf(context, model, operation) }
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
const UNORDERED = ['Boolean', 'Bytes', 'Enum', 'Uuid']

function aggregates(context: Context, model: Model): Args {
  const { random } = context
  const numbers = model.fields.filter((field) => isNumber(field)).map((field) => field.name)
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
  if (random.chance(0.6)) {
    args.orderBy = by.map((name) => ({ [name]: random.pick(['asc', 'desc']) }))
    if (random.chance(0.4)) args.take = 1 + random.below(3)
    if (random.chance(0.3)) args.skip = random.below(2)
  }
  if (random.chance(0.3)) args.having = { [by[0]!]: { _count: { gte: random.below(3) } } }
  return args
}

/** The whole table in a fixed order: the question that every write of the model must be seen in. */
export function wholeTable(context: Context, model: Model): Call {
  return { kind: 'call', model: model.name, operation: 'findMany', args: { orderBy: totalOrder(context, model) } }
}

/** One row by its primary key, which only the writes of that row and the wide ones may make stale. */
export function wholeRow(context: Context, model: Model): Call {
  return { kind: 'call', model: model.name, operation: 'findUnique', args: { where: keyWhere(context, model) } }
}
