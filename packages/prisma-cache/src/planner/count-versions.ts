import type { IndexedModel, ModelIndex } from './model-index.js'
import { isObject } from './records.js'

type Data = Readonly<Record<string, unknown>>

const UPDATES = new Set(['update', 'updateMany', 'updateManyAndReturn', 'upsert'])

/**
 * The arguments with the version of each row that they update counted up by one, at any depth. A version that the caller
 * sets stays as it is set. Arguments in which nothing is counted come back as they are.
 */
export function countVersions(index: ModelIndex, model: IndexedModel, operation: string, args: unknown): unknown {
  if (!index.anyVersioned || !UPDATES.has(operation) || !isObject(args)) return args
  return within(args, operation === 'upsert' ? 'update' : 'data', (data) => counted(index, model, data))
}

/** The data of an update. */
function counted(index: ModelIndex, model: IndexedModel, data: unknown): unknown {
  if (!isObject(data)) return data
  let next: Data = data
  for (const [name, related] of model.relations) {
    const other = index.get(related)
    const list = model.facts.relations.find((relation) => relation.name === name)?.list
    if (other) next = within(next, name, (nested) => countedNested(index, other, nested, list === true))
  }
  const { version } = model
  return version === undefined || next[version] !== undefined || !updates(model, data)
    ? next
    : { ...next, [version]: { increment: 1 } }
}

/** Prisma sends no UPDATE for data without a value, unless it sets a time by itself. */
function updates(model: IndexedModel, data: Data): boolean {
  return Object.values(data).some((value) => value !== undefined) || model.facts.fields.some((field) => field.updatedAt)
}

/** What stands under a relation in the data of an update. Creates leave the version at its default. */
function countedNested(index: ModelIndex, model: IndexedModel, nested: unknown, list: boolean): unknown {
  if (!isObject(nested)) return nested
  const update = (item: unknown) => counted(index, model, item)
  let next = within(
    nested,
    'update',
    each((item) => (wraps(model, item, list) ? within(item, 'data', update) : update(item))),
  )
  next = within(
    next,
    'updateMany',
    each((item) => (isObject(item) ? within(item, 'data', update) : item)),
  )
  return within(
    next,
    'upsert',
    each((item) => (isObject(item) ? within(item, 'update', update) : item)),
  )
}

/** Of a relation to one row, `update` takes the data itself as well as `{ where, data }`. */
function wraps(model: IndexedModel, item: unknown, list: boolean): item is Data {
  if (!isObject(item)) return false
  return list || (isObject(item.data) && !model.scalarNames.has('data') && !model.relations.has('data'))
}

function each(change: (item: unknown) => unknown): (items: unknown) => unknown {
  return (items) => {
    if (!Array.isArray(items)) return change(items)
    const next = items.map(change)
    return next.some((item, i) => item !== items[i]) ? next : items
  }
}

function within(node: Data, name: string, change: (value: unknown) => unknown): Data {
  const value = node[name]
  if (value === undefined) return node
  const next = change(value)
  return next === value ? node : { ...node, [name]: next }
}
