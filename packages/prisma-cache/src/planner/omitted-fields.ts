import type { IndexedModel, ModelIndex } from './model-index.js'

/**
 * Would an answer to this question hold a value of an omitted field, or does the question name one, at any depth? Then
 * neither the answer nor a digest of the question may be in Redis.
 */
export function meetsOmitted(index: ModelIndex, model: IndexedModel, operation: string, args: unknown): boolean {
  if (!index.anyOmitted) return false
  return names(index, model, args) || (operation.startsWith('find') && returns(index, model, args))
}

/**
 * Does the answer hold one after all? A computed field of another extension may need it, and Prisma then fetches it
 * whatever was asked for.
 */
export function holdsOmitted(index: ModelIndex, model: IndexedModel, answer: unknown): boolean {
  if (!index.anyOmitted || answer === null || typeof answer !== 'object') return false
  if (Array.isArray(answer)) return answer.some((row) => holdsOmitted(index, model, row))
  return Object.entries(answer).some(([name, value]) => {
    if (model.omitted.has(name)) return true
    const other = related(index, model, name)
    return other !== undefined && holdsOmitted(index, other, value)
  })
}

/** Names that stand as values: `by` and `distinct` list fields. */
const LISTS_FIELDS = new Set(['by', 'distinct'])

function names(index: ModelIndex, model: IndexedModel, node: unknown): boolean {
  if (Array.isArray(node)) return node.some((item) => names(index, model, item))
  if (node === null || typeof node !== 'object') return false
  return Object.entries(node).some(([key, value]) => {
    if (value === undefined) return false
    // `false` may be what a Boolean is compared with.
    if (model.omitted.has(key)) return true
    if (LISTS_FIELDS.has(key) && [value].flat().some((name) => model.omitted.has(String(name)))) return true
    const other = related(index, model, key)
    if (other && names(index, other, value)) return true
    // What is left out of the answer is no mention of it.
    return key !== 'omit' && names(index, model, value)
  })
}

/** Does the selection of a query, or of a relation in one, bring an omitted field by default? */
function returns(index: ModelIndex, model: IndexedModel, args: unknown): boolean {
  const { select, include, omit } = (isObject(args) ? args : {}) as Record<string, unknown>
  // Those that `select` names are found by name.
  if (!isObject(select) && [...model.omitted].some((name) => !isLeftOut(model, omit, name))) return true
  return [select, include].filter(isObject).some((selection) =>
    Object.entries(selection).some(([key, value]) => {
      const other = value === undefined || value === false ? undefined : related(index, model, key)
      return other !== undefined && returns(index, other, value)
    }),
  )
}

function isLeftOut(model: IndexedModel, omit: unknown, name: string): boolean {
  const asked = isObject(omit) ? (omit as Record<string, unknown>)[name] : undefined
  return (asked ?? model.clientOmit?.[name]) === true
}

function related(index: ModelIndex, model: IndexedModel, name: string): IndexedModel | undefined {
  const other = model.relations.get(name)
  return other === undefined ? undefined : index.get(other)
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}
