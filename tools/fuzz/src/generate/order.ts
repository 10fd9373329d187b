import type { Args } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { isAskable } from './values.js'
import { uniqueWhere } from './where.js'

/** A total order: whatever it begins with, it ends with the primary key. */
export function totalOrder(context: Context, model: Model): Args[] {
  const { random } = context
  const direction = () => random.pick(['asc', 'desc'])
  const order: Args[] = []
  if (random.chance(0.4)) {
    const fields = model.fields.filter((field) => isAskable(model, field) && !field.list && field.type !== 'Json')
    const field = random.pick(fields)
    order.push({
      [field.name]:
        field.nullable && random.chance(0.4)
          ? { sort: direction(), nulls: random.pick(['first', 'last']) }
          : direction(),
    })
  }
  if (model.relations.length > 0 && random.chance(0.3)) {
    const relation = random.pick(model.relations)
    if (relation.list) order.push({ [relation.name]: { _count: direction() } })
    else {
      const other = context.models.get(relation.model)
      const fields = other.fields.filter((field) => isAskable(other, field) && !field.list && field.type !== 'Json')
      order.push({ [relation.name]: { [random.pick(fields).name]: direction() } })
    }
  }
  const keys = model.key.fields.filter((name) => !order.some((one) => name in one))
  return [...order, ...keys.map((name) => ({ [name]: direction() }))]
}

/** A total order, and at times what is only certain under one: a part of the rows, distinct rows. */
export function orderedPart(
  context: Context,
  model: Model,
  options: { readonly distinct?: boolean; readonly one?: boolean } = {},
): Args {
  const { random } = context
  const part: Args = { orderBy: totalOrder(context, model) }
  if (random.chance(0.4)) part.take = options.one ? random.pick([1, -1]) : random.pick([0, 1, 2, 3, -1, -2])
  if (random.chance(0.2)) part.skip = random.below(3)
  if (random.chance(0.15)) part.cursor = keyOf(uniqueWhere(context, model), model)
  if (options.distinct !== false && random.chance(0.15)) {
    const fields = model.fields.filter((field) => isAskable(model, field) && !field.list && field.type !== 'Json')
    part.distinct = random
      .some(fields, 1)
      .slice(0, 2)
      .map((field) => field.name)
  }
  return part
}

/** A cursor takes no further conditions. */
function keyOf(where: Args, model: Model): Args {
  const name = [model.key, ...model.uniques].find((unique) => unique.name in where)!.name
  return { [name]: where[name] }
}
