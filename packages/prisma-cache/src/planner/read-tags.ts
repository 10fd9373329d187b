import type { RelationField } from '@prisma-cache/policy-dsl'
import { ROWS, type Tag } from '../protocol/tag.js'
import { columnToken } from './column-tokens.js'
import { relatedModels } from './dependencies.js'
import type { ReadModels } from './depends-on.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { keyText, type NarrowField } from './narrow-fields.js'
import { bestOf, pinsAcrossArms, pinsOf } from './pins.js'
import { readColumns } from './read-columns.js'
import { isObject } from './records.js'
import { namedRow } from './row-id.js'

/**
 * The tags that an answer depends on: of the model that is asked, its row or the keys that `where` pins; of the lists
 * that hang on a pinned row, the key that points to it; of everything else the whole table.
 */
export function readTags(
  index: ModelIndex,
  model: IndexedModel,
  operation: string,
  args: unknown,
  { all: models, hidden }: ReadModels,
): Tag[] {
  const given = (args ?? {}) as Record<string, unknown>
  const needs = new Map<IndexedModel, readonly Tag[] | 'table'>()
  const need = (of: IndexedModel, tags: readonly Tag[] | undefined) => {
    const known = needs.get(of)
    needs.set(of, known === 'table' || tags === undefined ? 'table' : [...(known ?? []), ...tags])
  }
  // What is pending on a write-behind model is applied before its lists are read, for which its table stands.
  const narrows = models.length === 1 || !models.some((one) => one.policy.strategy === 'writeBehind')
  const row = narrows ? namedRow(model.facts, given.where) : undefined
  if (row !== undefined) need(model, rowTags(model.name, row))
  else {
    const columns = models.length === 1 && model.byColumn ? readColumns(model, operation, args) : undefined
    need(model, narrows ? (keyTags(model, given, columns) ?? (columns && columnTags(model, columns))) : undefined)
  }

  const { children, rest } = row === undefined ? { children: [], rest: given } : splitChildren(model, given)
  for (const { relation, args: below } of children) {
    const child = index.get(relation.model)!
    need(child, childTags(child, relation, model, given.where, below))
    for (const other of relatedModels(index, child, below)) need(other, undefined)
  }
  for (const other of relatedModels(index, model, rest)) need(other, undefined)
  for (const one of hidden) need(one, undefined)
  return models.flatMap((one) => {
    const tags = needs.get(one)!
    return tags === 'table' ? [{ kind: 'table' as const, model: one.name }] : tags
  })
}

/** A row's answer depends on the row and on writes that could not be narrowed, stamped in this order. */
export function rowTags(model: string, row: string): Tag[] {
  return [
    { kind: 'row', model, row },
    { kind: 'wide', model },
  ]
}

function keyTags(
  model: IndexedModel,
  args: Record<string, unknown>,
  columns: ReadonlySet<string> | undefined,
): Tag[] | undefined {
  // The row of a cursor need not match, and decides all the same.
  if (model.narrow.length === 0 || args.cursor !== undefined) return undefined
  const best = bestOf(pinsOf(model, args.where))
  const keys = best ? best[1].map((value) => [best[0], value] as const) : pinsAcrossArms(model, args.where)
  if (!keys || !columns) return keys && tagsOfKeys(model.name, keys)
  // Where one field is pinned, what it holds is a matter of which rows there are.
  const [first] = keys
  const only = keys.every(([field]) => field === first![0]) ? first![0].name : undefined
  const tokens = [ROWS, ...tokensOf(model, columns, only)]
  return tagsOfKeys(model.name, keys).flatMap((tag): Tag[] =>
    tag.kind === 'key' ? tokens.map((column) => ({ ...tag, column })) : [tag],
  )
}

/** Where no field is pinned: which rows there are, and what they hold in these columns. */
function columnTags(model: IndexedModel, columns: ReadonlySet<string>): Tag[] {
  return [ROWS, ...tokensOf(model, columns)].map((field) => ({ kind: 'field', model: model.name, field }))
}

function tokensOf({ facts }: IndexedModel, columns: ReadonlySet<string>, but?: string): string[] {
  return facts.fields.filter(({ name }) => columns.has(name) && name !== but).map(columnToken)
}

function tagsOfKeys(model: string, keys: readonly (readonly [NarrowField, string])[]): Tag[] {
  const fields = [...new Set(keys.map(([field]) => field))]
  return [
    ...keys.map(([field, value]): Tag => ({ kind: 'key', model, field: field.token, value })),
    ...fields.map((field): Tag => ({ kind: 'field', model, field: field.token })),
  ]
}

interface Child {
  readonly relation: RelationField
  readonly args: Record<string, unknown>
}

/** What hangs on the row by `include`, `select` or `_count`, apart from the other arguments. */
function splitChildren(model: IndexedModel, args: Record<string, unknown>): { children: Child[]; rest: object } {
  const children: Child[] = []
  const rest: Record<string, unknown> = { ...args }
  const takeFrom = (selection: Record<string, unknown>): Record<string, unknown> => {
    const left: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(selection)) {
      const relation = model.facts.relations.find((one) => one.name === name)
      if (relation && (value === true || isObject(value))) {
        children.push({ relation, args: value === true ? {} : value })
      } else left[name] = name === '_count' ? takeCounted(value) : value
    }
    return left
  }
  const takeCounted = (count: unknown): unknown =>
    isObject(count) && isObject(count.select) ? { ...count, select: takeFrom(count.select) } : count
  for (const word of ['select', 'include']) {
    const selection = rest[word]
    if (isObject(selection)) rest[word] = takeFrom(selection)
  }
  return { children, rest }
}

/** The rows that point to the pinned row by a field of their own: their key. */
function childTags(
  child: IndexedModel,
  relation: RelationField,
  parent: IndexedModel,
  where: unknown,
  args: Record<string, unknown>,
): Tag[] | undefined {
  if (relation.from.length > 0 || args.cursor !== undefined) return undefined
  const back = child.facts.relations.find(
    (one) => one.relationName === relation.relationName && one.model === parent.name && one.from.length > 0,
  )
  if (!back) return undefined
  for (const [i, name] of back.from.entries()) {
    const narrow = child.narrow.find((one) => one.name === name)
    const value = narrow && keyText(narrow, pinnedValue(parent, where, back.to[i]!))
    if (narrow && value !== undefined) return tagsOfKeys(child.name, [[narrow, value]])
  }
  return undefined
}

/** The value that `where` gives a field of the primary key. */
function pinnedValue({ facts }: IndexedModel, where: unknown, field: string): unknown {
  const key = facts.primaryKey
  if (!key?.fields.includes(field) || !isObject(where)) return undefined
  if (key.fields.length === 1) return where[field]
  const compound = where[key.name]
  return isObject(compound) ? compound[field] : undefined
}
