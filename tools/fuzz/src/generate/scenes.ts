import type { RelationField } from 'prisma-cache'
import type { Args, Call, Operation, Raw } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { totalOrder } from './order.js'
import { createManyRow, updateManyData } from './scalars.js'
import { fieldItem } from './values.js'
import { keyValues, whereOfKey } from './where.js'

/**
 * Sequences that set up what chance alone rarely does: a row that is certainly there and certainly cached, and then the
 * write that only one guard keeps from leaving something old behind.
 */
export interface Scenes {
  /** Rows refer to one that goes, or whose key changes, and the database follows. */
  fall(): Operation[]
  /** A row moves from list to list and back. */
  move(): Operation[]
  /** A transaction writes a row, fails at another statement, and commits all the same. */
  fail(): Operation[]
}

type Single = (step: Call | Raw) => Operation

const FOLLOWS = new Set(['Cascade', 'SetNull', 'SetDefault'])

export function createScenes(context: Context, pick: () => Model, single: Single): Scenes {
  const { random, models } = context
  const links = models.list.flatMap((child) =>
    child.facts.relations
      .filter(({ from, onDelete, onUpdate }) => from.length > 0 && (FOLLOWS.has(onDelete!) || FOLLOWS.has(onUpdate!)))
      .map((link) => ({ child, link })),
  )

  function fall(): Operation[] {
    if (links.length === 0) return []
    const { child, link } = random.pick(links)
    const parent = models.get(link.model)
    const parentKey = keyValues(context, parent)
    const row = { ...createManyRow(context, parent), ...parentKey }
    for (const name of link.to) row[name] ??= fieldItem(context, parent, parent.field(name))
    const tie = Object.fromEntries(link.from.map((name, i) => [name, row[link.to[i]!]]))
    const childRow = { ...createManyRow(context, child), ...keyValues(context, child), ...tie }
    const childKey = Object.fromEntries(child.key.fields.map((name) => [name, childRow[name]]))
    const where = whereOfKey(childKey, child.key)
    const loose = link.from.filter((name) => !child.key.fields.includes(name))
    const retie = Object.fromEntries(loose.map((name) => [name, tie[name]]))
    const asked: Call[] = [
      call(child, 'findUnique', { where }),
      call(child, 'findMany', { where: tie, orderBy: totalOrder(context, child) }),
      ...below(child).map((one) => call(one, 'findMany', { orderBy: totalOrder(context, one) })),
    ]
    return [
      single(call(parent, 'createMany', { data: [row], skipDuplicates: true })),
      single(call(child, 'createMany', { data: [childRow], skipDuplicates: true })),
      ...(loose.length > 0 ? [single(call(child, 'updateMany', { where: childKey, data: retie }))] : []),
      ...asked.map(single),
      single(end(parent, parentKey, link)),
      ...asked.map(single),
    ]
  }

  /** Models whose rows follow those of the model. */
  function below(model: Model): Model[] {
    return links.filter(({ link }) => link.model === model.name).map(({ child }) => child)
  }

  function end(parent: Model, key: Args, link: RelationField): Call {
    const where = whereOfKey(key, parent.key)
    const name = random.pick(link.to)
    const other = () => ({ [name]: fieldItem(context, parent, parent.field(name)) })
    return random.weighted<() => Call>([
      [4, () => call(parent, 'delete', { where })],
      [1, () => call(parent, 'deleteMany', { where: key })],
      [2, () => call(parent, 'update', { where, data: other() })],
    ])()
  }

  function move(): Operation[] {
    const model = pick()
    const fields = model.keyLike.filter(({ name }) => !model.key.fields.includes(name))
    if (fields.length === 0) return []
    const field = random.pick(fields)
    const values = [1, 2, 3].map(() => fieldItem(context, model, field))
    const key = keyValues(context, model)
    const asked = values.slice(0, 2).flatMap((value): Call[] => {
      const where = { [field.name]: value }
      return [call(model, 'findMany', { where, orderBy: totalOrder(context, model) }), call(model, 'count', { where })]
    })
    const to = (value: unknown) => {
      const data = { ...(random.chance(0.3) ? updateManyData(context, model) : {}), [field.name]: value }
      return single(call(model, 'update', { where: whereOfKey(key, model.key), data }))
    }
    const row = { ...createManyRow(context, model), ...key, [field.name]: values[0] }
    return [
      single(call(model, 'createMany', { data: [row], skipDuplicates: true })),
      ...asked.map(single),
      to(values[1]),
      ...asked.map(single),
      to(values[0]),
      ...asked.map(single),
    ]
  }

  function fail(): Operation[] {
    const model = pick()
    const key = keyValues(context, model)
    const where = whereOfKey(key, model.key)
    const asked = call(model, 'findUnique', { where })
    const update = call(model, 'update', { where, data: updateManyData(context, model) })
    const begin = single(
      call(model, 'createMany', { data: [{ ...createManyRow(context, model), ...key }], skipDuplicates: true }),
    )
    const { client, session } = single(asked) as Extract<Operation, { kind: 'single' }>
    const steps = [update, clash(pick())]
    const ends: Operation = random.chance(0.7)
      ? { kind: 'interactive', steps, rollback: false, client, session }
      : { kind: 'array', steps, client, session }
    return [begin, single(asked), ends, single(asked)]
  }

  /** Two rows of one key, which Postgres refuses. */
  function clash(model: Model): Call {
    const row = { ...createManyRow(context, model), ...keyValues(context, model) }
    return call(model, 'createMany', { data: [row, row] })
  }

  return { fall, move, fail }
}

const call = (model: Model, operation: string, args: Args): Call => ({
  kind: 'call',
  model: model.name,
  operation,
  args,
})
