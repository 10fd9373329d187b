import type { RelationField } from '@prisma-cache/policy-dsl'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { isLiteral } from './records.js'

/** A value that is set, but not known here. */
const SET = Symbol('set')

export interface FlatData {
  /** With the foreign keys that plain connects set, in place of these. */
  readonly data: Readonly<Record<string, unknown>> | undefined
  /** Does it still hold relations, of whatever kind? */
  readonly rest: Readonly<Record<string, unknown>> | undefined
  /** Is one of them a disconnect? Prisma reads the row before it writes it, so that `where` need not hold any more. */
  readonly disconnects: boolean
}

/**
 * `author: { connect: { id } }` and `author: { disconnect: true }` write this row's own foreign key and no other row,
 * where many rows may refer to one. (Of one-to-one relations Prisma lets go of the other row that referred to it.)
 */
export function flattenConnects(index: ModelIndex, model: IndexedModel, data: unknown): FlatData {
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    return { data: undefined, rest: undefined, disconnects: false }
  const flat: Record<string, unknown> = { ...data }
  const rest: Record<string, unknown> = { ...data }
  let disconnects = false
  for (const relation of model.facts.relations) {
    const value = flat[relation.name]
    const keys = foreignKeys(index, relation, value)
    if (keys === undefined || !isReferredToByMany(index, model, relation)) continue
    delete flat[relation.name]
    delete rest[relation.name]
    Object.assign(flat, keys)
    if ((value as Record<string, unknown>).disconnect !== undefined) disconnects = true
  }
  return { data: flat, rest, disconnects }
}

function foreignKeys(index: ModelIndex, relation: RelationField, value: unknown): Record<string, unknown> | undefined {
  if (relation.from.length === 0 || !isLiteral(value)) return undefined
  const [word, ...others] = Object.keys(value).filter((key) => value[key] !== undefined)
  if (others.length > 0) return undefined
  if (word === 'disconnect') return value.disconnect === true ? fill(relation, () => null) : undefined
  const { connect } = value
  if (word !== 'connect' || !isLiteral(connect)) return undefined
  const { primaryKey, uniques = [] } = index.get(relation.model)?.facts ?? {}
  const compound = [primaryKey, ...uniques].find((key) => key && key.fields.length > 1 && isLiteral(connect[key.name]))
  const parts = { ...(compound && (connect[compound.name] as object)), ...connect }
  return fill(relation, (i) => {
    const part = parts[relation.to[i]!]
    return part === undefined || isLiteral(part) ? SET : part
  })
}

function fill({ from }: RelationField, part: (i: number) => unknown): Record<string, unknown> {
  return Object.fromEntries(from.map((name, i) => [name, part(i)]))
}

function isReferredToByMany(index: ModelIndex, model: IndexedModel, relation: RelationField): boolean {
  const other = index.get(relation.model)
  // What is connected to may be pending, and is applied before such a write.
  if (!other || other.policy.strategy === 'writeBehind') return false
  const back = other.facts.relations.find(
    (one) => one.relationName === relation.relationName && one.model === model.name && one.from.length === 0,
  )
  return back?.list === true
}
