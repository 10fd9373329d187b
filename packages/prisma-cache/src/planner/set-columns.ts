import { columnToken } from './column-tokens.js'
import type { IndexedModel } from './model-index.js'

/**
 * The columns that an update with this data may set, as tokens: those of the data, and those that are set with every
 * update. Every write says so, whatever its own policy is: readers elsewhere may ask by columns.
 *
 * @param data with foreign keys in place of plain connects
 * @returns undefined where that is not known
 */
export function setColumns({ facts, relations }: IndexedModel, data: unknown): readonly string[] | undefined {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return undefined
  const set = new Set<string>()
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue
    const field = relations.has(name) ? undefined : facts.fields.find((one) => one.name === name)
    if (!field) return undefined
    set.add(columnToken(field))
  }
  for (const field of facts.fields) {
    // A default that the database makes may be the expression of a generated column.
    const made = field.default?.by === 'database' && !facts.primaryKey?.fields.includes(field.name)
    if (field.updatedAt || made) set.add(columnToken(field))
  }
  return [...set]
}
