import type { IndexedModel, ModelIndex } from './model-index.js'

/**
 * Every model that nested writes in `data` may touch, at any depth and on either side of the relation; empty when the
 * data set scalars only.
 *
 * @returns undefined when a relation leads to a model that the policies do not know
 */
export function nestedModels(index: ModelIndex, model: IndexedModel, data: unknown): Set<IndexedModel> | undefined {
  const found = new Set<IndexedModel>()
  return walk(index, model, data, found) ? found : undefined
}

/** Words of nested writes that a model may also have a field of. Then both meanings are followed. */
const WORDS = new Set(
  (
    'create createMany connect connectOrCreate disconnect set update updateMany upsert delete deleteMany data where ' +
    'AND OR NOT some every none is isNot'
  ).split(' '),
)

function walk(index: ModelIndex, model: IndexedModel, node: unknown, found: Set<IndexedModel>): boolean {
  if (Array.isArray(node)) return node.every((item) => walk(index, model, item, found))
  if (node === null || typeof node !== 'object') return true
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined) continue
    const related = model.relations.get(key)
    if (related !== undefined) {
      const other = index.get(related)
      if (!other) return false
      found.add(other)
      if (!walk(index, other, value, found)) return false
    }
    // `create`, `update`, `where`, `data`, `connectOrCreate` …: still about this model.
    const isField = related !== undefined || model.scalarNames.has(key)
    if ((!isField || WORDS.has(key)) && !walk(index, model, value, found)) return false
  }
  return true
}
