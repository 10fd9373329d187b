import type { IndexedModel, ModelIndex } from './model-index.js'

/**
 * Every model that the answer to `args` may depend on, the model itself first: whatever relation is selected,
 * filtered by, ordered by or counted, at any depth.
 *
 * @returns undefined when a selected name is neither a field nor a relation: another extension computes it, and which
 * fields that needs is not known here
 */
export function dependencies(index: ModelIndex, model: IndexedModel, args: unknown): IndexedModel[] | undefined {
  const found = new Set<IndexedModel>([model])
  return walk(index, model, args, found, false) ? [...found] : undefined
}

/** The models that `args` reach over a relation; the model itself only where a relation leads back to it. */
export function relatedModels(index: ModelIndex, model: IndexedModel, args: unknown): ReadonlySet<IndexedModel> {
  const found = new Set<IndexedModel>()
  walk(index, model, args, found, false)
  return found
}

const SELECTIONS = new Set(['select', 'include', 'omit'])

/** Words of Prisma's language that a model may also have a field of. Then both meanings are followed. */
const WORDS = new Set([
  ...SELECTIONS,
  ...['where', 'orderBy', 'cursor', 'having', 'AND', 'OR', 'NOT', 'some', 'every', 'none', 'is', 'isNot', '_count'],
])

/** `selecting`: the keys of `node` are names that the answer will have, so an unknown one matters. */
function walk(
  index: ModelIndex,
  model: IndexedModel,
  node: unknown,
  found: Set<IndexedModel>,
  selecting: boolean,
): boolean {
  if (Array.isArray(node)) return node.every((item) => walk(index, model, item, found, false))
  if (node === null || typeof node !== 'object') return true
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined || value === false) continue
    const related = model.relations.get(key)
    if (related !== undefined) {
      const other = index.get(related)
      if (!other) return false
      found.add(other)
      if (!walk(index, other, value, found, false)) return false
      if (!WORDS.has(key)) continue
    }
    // A filter or a flag of a scalar: what lies below may be any JSON and says nothing about relations.
    if (model.scalarNames.has(key) && !WORDS.has(key)) continue
    if (key === '_count') {
      if (!walkCount(index, model, value, found)) return false
    } else if (selecting && related === undefined && !model.scalarNames.has(key) && key !== '_all') {
      return false
    } else if (!walk(index, model, value, found, SELECTIONS.has(key))) {
      return false
    }
  }
  return true
}

/** `_count: true` counts every list relation; with a selection, the named ones. */
function walkCount(index: ModelIndex, model: IndexedModel, value: unknown, found: Set<IndexedModel>): boolean {
  if (value !== true) return walk(index, model, value, found, false)
  for (const relation of model.facts.relations) {
    const other = index.get(relation.model)
    if (!other) return false
    if (relation.list) found.add(other)
  }
  return true
}
