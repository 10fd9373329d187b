import type { Args } from '../operation.js'
import type { Model, Relation } from '../schema/models.js'
import type { Context } from './context.js'
import { orderedPart } from './order.js'
import { whereOf } from './where.js'

/** `select`, `include` or `omit`, or none of them. */
export function selectionOf(context: Context, model: Model, depth = 2): Args {
  const { random } = context
  const lists = model.relations.filter((relation) => relation.list)
  const hasRelations = model.relations.length > 0 && depth > 0
  const kind = random.weighted([
    [5, 'all'],
    [3, 'select'],
    [hasRelations ? 3 : 0, 'include'],
    [1.5, 'omit'],
    [lists.length > 0 && depth > 0 ? 0.7 : 0, 'counts'],
  ])
  switch (kind) {
    case 'select':
      return { select: selectOf(context, model, depth) }
    case 'include': {
      const include = relationsOf(context, model, depth)
      return Object.keys(include).length === 0
        ? {}
        : { include, ...(random.chance(0.1) ? { omit: omitOf(context, model) } : {}) }
    }
    case 'counts':
      return { include: { _count: countOf(context, lists) } }
    case 'omit':
      return { omit: omitOf(context, model) }
    default:
      return {}
  }
}

/** Of scalars only: what an `…AndReturn` can give, and what can be answered from a row. */
export function scalarSelection(context: Context, model: Model): Args {
  return selectionOf(context, model, 0)
}

function omitOf({ random }: Context, model: Model): Args {
  return Object.fromEntries(
    random
      .some(model.fields, 1)
      .slice(0, model.fields.length - 1)
      .map((field) => [field.name, random.chance(0.9)]),
  )
}

function selectOf(context: Context, model: Model, depth: number): Args {
  const { random } = context
  const select: Args = {}
  for (const field of random.some(model.fields, 1)) select[field.name] = true
  // Flags that are false, and the order of the fields, must make no difference to what is right.
  if (random.chance(0.1)) for (const field of random.some(model.fields)) select[field.name] ??= false
  if (depth > 0) Object.assign(select, relationsOf(context, model, depth))
  return select
}

function relationsOf(context: Context, model: Model, depth: number): Args {
  const { random } = context
  const chosen: Args = {}
  for (const relation of random.some(model.relations)) chosen[relation.name] = related(context, relation, depth)
  const lists = model.relations.filter((relation) => relation.list)
  if (lists.length > 0 && random.chance(0.4)) chosen._count = countOf(context, lists)
  return chosen
}

function related(context: Context, relation: Relation, depth: number): unknown {
  const { random, models } = context
  if (random.chance(0.4)) return true
  const other = models.get(relation.model)
  const inner = selectionOf(context, other, depth - 1)
  if (!relation.list) {
    // A filter on a to-one relation is allowed only where there may be none.
    return relation.nullable && random.chance(0.2) ? { ...inner, where: whereOf(context, other, 1) } : inner
  }
  return {
    ...inner,
    ...(random.chance(0.4) ? { where: whereOf(context, other, 1) } : {}),
    ...(random.chance(0.4) ? orderedPart(context, other) : {}),
  }
}

function countOf(context: Context, lists: readonly Relation[]): unknown {
  const { random, models } = context
  if (random.chance(0.4)) return true
  return {
    select: Object.fromEntries(
      random
        .some(lists, 1)
        .map((relation) => [
          relation.name,
          random.chance(0.5) ? true : { where: whereOf(context, models.get(relation.model), 1) },
        ]),
    ),
  }
}
