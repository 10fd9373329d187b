import type { IndexedModel } from './model-index.js'

export function setsPrimaryKey(model: IndexedModel, data: unknown): boolean {
  return setsAny(data, model.facts.primaryKey?.fields ?? [])
}

/** Does the data set a field that foreign keys may reference? */
export function setsKey(model: IndexedModel, data: unknown): boolean {
  const { primaryKey, uniques } = model.facts
  return setsAny(data, [...(primaryKey?.fields ?? []), ...uniques.flatMap((unique) => unique.fields)])
}

export function setsAny(data: unknown, fields: readonly string[]): boolean {
  if (data === null || typeof data !== 'object') return false
  return fields.some((field) => (data as Record<string, unknown>)[field] !== undefined)
}
