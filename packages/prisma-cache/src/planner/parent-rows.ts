import type { RelationField } from '@prisma-cache/policy-dsl'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { rowIdOf } from './row-id.js'

/** A row that a foreign key refers to; without `row`, one of the model that is not known. */
export interface Parent {
  readonly model: string
  readonly row?: string
}

/**
 * The rows of write-behind models that a row may come to refer to by a create, update or upsert that sets its scalars
 * alone.
 */
export function parentRows(index: ModelIndex, model: IndexedModel, args: unknown): readonly Parent[] {
  const { data, create, update } = (args ?? {}) as Readonly<Record<string, unknown>>
  const parts = [data, create, update].filter((part) => part !== undefined)
  return model.facts.relations.flatMap((relation) => {
    const other = index.get(relation.model)
    if (relation.from.length === 0 || other?.policy.strategy !== 'writeBehind') return []
    return parts.flatMap((part) => parentOf(model, other, relation, part as Readonly<Record<string, unknown>>))
  })
}

function parentOf(
  model: IndexedModel,
  other: IndexedModel,
  { from, to }: RelationField,
  data: Readonly<Record<string, unknown>>,
): readonly Parent[] {
  const values = from.map((name) => setTo(data[name]))
  // A key of which a part is null refers to nothing.
  if (values.includes(null)) return []
  const isMade = (name: string) => model.facts.fields.some((field) => field.name === name && field.default)
  // One that is left out has no default, so that it is null, or stays what it was, and stands.
  if (from.every((name, i) => values[i] === undefined && !isMade(name))) return []
  const key = other.facts.primaryKey?.fields ?? []
  const isKey = key.length === to.length && key.every((name) => to.includes(name))
  const row = isKey ? rowIdOf(other.facts, Object.fromEntries(to.map((name, i) => [name, values[i]]))) : undefined
  return [row === undefined ? { model: other.name } : { model: other.name, row }]
}

/** `{ set: value }` is what Prisma takes for an update of it, too. */
function setTo(given: unknown): unknown {
  return given !== null && typeof given === 'object' && 'set' in given ? given.set : given
}
