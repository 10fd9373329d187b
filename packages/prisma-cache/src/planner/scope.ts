import { createHash } from 'node:crypto'
import type { ModelFacts } from '@prisma-cache/policy-dsl'
import type { Keys } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { exactText } from './row-id.js'

/**
 * Does the question reach a scoped model without pinning each of its scope fields to a value? Its answer may then be
 * another for each tenant or database session, with nothing in the question that tells them apart.
 */
export function isUnscoped(
  index: ModelIndex,
  model: IndexedModel,
  args: unknown,
  hidden: readonly IndexedModel[],
): boolean {
  if (!index.anyScoped) return false
  if (!pinsScope(model, args)) return true
  if (model.scope.length === 0 && hidden.some(({ scope }) => scope.length > 0)) return true
  return reachesUnscoped(index, model, args)
}

function reachesUnscoped(index: ModelIndex, model: IndexedModel, node: unknown): boolean {
  if (Array.isArray(node)) return node.some((item) => reachesUnscoped(index, model, item))
  if (node === null || typeof node !== 'object') return false
  return Object.entries(node).some(([key, value]) => {
    if (value === undefined || value === false) return false
    const name = model.relations.get(key)
    const other = name === undefined ? undefined : index.get(name)
    if (other && (!pinsScope(other, value) || reachesUnscoped(index, other, value))) return true
    if (key === '_count' && value === true && countsScoped(index, model)) return true
    return reachesUnscoped(index, model, value)
  })
}

function countsScoped(index: ModelIndex, { facts }: IndexedModel): boolean {
  return facts.relations.some((relation) => relation.list && index.get(relation.model)?.scope.length !== 0)
}

/** Of a query or an included relation: a filter by a relation has no `where` of its own, and pins nothing. */
function pinsScope(model: IndexedModel, args: unknown): boolean {
  if (model.scope.length === 0) return true
  // In the filter of such a model the word would mean its own field.
  if (model.relations.has('where') || model.scalarNames.has('where')) return false
  const pins = pinned(model.facts, (args as { where?: unknown } | null)?.where)
  return model.scope.every((name) => pins[name] !== undefined)
}

/** Fields that a `where` sets equal to a value: at its top, under `AND`, or within a compound key. */
function pinned(facts: ModelFacts, where: unknown): Row {
  if (Array.isArray(where)) return Object.assign({}, ...where.map((part) => pinned(facts, part)))
  if (where === null || typeof where !== 'object') return {}
  const pins: Row = {}
  const keys = [...facts.uniques, ...(facts.primaryKey ? [facts.primaryKey] : [])]
  for (const [name, value] of Object.entries(where)) {
    if (name === 'AND') Object.assign(pins, pinned(facts, value))
    else if (keys.some((key) => key.name === name && key.fields.length > 1)) Object.assign(pins, pinned(facts, value))
    else if (equalTo(value) !== undefined) pins[name] = equalTo(value)
  }
  return pins
}

const VALUES = new Set(['string', 'number', 'bigint', 'boolean'])

function equalTo(value: unknown): unknown {
  if (VALUES.has(typeof value)) return value
  if (value === null || typeof value !== 'object' || Object.keys(value).join() !== 'equals') return undefined
  const { equals } = value as { equals: unknown }
  return VALUES.has(typeof equals) ? equals : undefined
}

/** A `where` without the scope that it pins beside a row's key. */
export function withoutScope(model: IndexedModel, where: unknown): unknown {
  if (model.scope.length === 0 || where === null || typeof where !== 'object') return where
  const key = model.facts.primaryKey?.name
  return Object.fromEntries(
    Object.entries(where).filter(
      ([name, value]) => name === key || !model.scope.includes(name) || equalTo(value) === undefined,
    ),
  )
}

/** The values of the scope that a row's entry is kept under; undefined where they are not all known, or not exact. */
export function scopeOf(model: Pick<IndexedModel, 'facts' | 'scope'>, values: Row): string | undefined {
  const texts = model.scope.map((name) => {
    const field = model.facts.fields.find((f) => f.name === name)
    return field && exactText(field, values[name])
  })
  return texts.includes(undefined) ? undefined : JSON.stringify(texts)
}

/** The scope that a `where` pins, in the same form. */
export function pinnedScope(model: IndexedModel, where: unknown): string | undefined {
  return scopeOf(model, pinned(model.facts, where))
}

/** The entry of one row, which only those see who name its scope. */
export function rowEntryOf(
  keys: Keys,
  { name, facts, scope: fields }: Pick<IndexedModel, 'name' | 'facts' | 'scope'>,
  row: string,
  scope: string,
): string {
  if (fields.length === 0) return keys.rowEntry(name, row, facts.shapeHash)
  const digest = createHash('sha256').update(scope).digest('base64url')
  return keys.rowEntry(name, row, `${facts.shapeHash}.${digest}`)
}
