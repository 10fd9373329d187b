import { hasExactEquality, type ModelFacts, type ScalarField } from '@prisma-cache/policy-dsl'
import { isLiteral } from './records.js'

/**
 * The text that names a row in keys, made of its primary key. Two values that Postgres takes for the same key have the
 * same text, else a write by one would miss an entry under the other; a key of a type where that is not certain
 * (case-insensitive text, rounded times, floats) is not pinned.
 *
 * @returns undefined when the model has no such key or a value is missing
 */
export function rowIdOf(facts: ModelFacts, values: Readonly<Record<string, unknown>>): string | undefined {
  const key = facts.primaryKey
  if (!key) return undefined
  let id: string | undefined
  for (const name of key.fields) {
    const field = facts.fields.find((f) => f.name === name)
    const part = field && exactText(field, values[name])
    if (part === undefined) return undefined
    id = id === undefined ? part : `${id},${part}`
  }
  return id
}

/** The row that a `where` names by its primary key and by nothing else. */
export function pinnedRow(facts: ModelFacts, where: unknown): string | undefined {
  const key = facts.primaryKey
  if (!key || where === null || typeof where !== 'object') return undefined
  const given = Object.entries(where).filter(([, value]) => value !== undefined)
  if (given.length !== 1) return undefined
  const [name, value] = given[0]!
  if (name !== key.name) return undefined
  if (key.fields.length === 1 && key.name === key.fields[0]) return rowIdOf(facts, { [name]: value })
  if (value === null || typeof value !== 'object') return undefined
  const parts = Object.entries(value).filter(([, part]) => part !== undefined)
  if (parts.length !== key.fields.length || parts.some(([part]) => !key.fields.includes(part))) return undefined
  return rowIdOf(facts, value as Record<string, unknown>)
}

/** The only row that a write with this `where` can touch: further conditions beside the primary key narrow, never widen. */
export function namedRow(facts: ModelFacts, where: unknown): string | undefined {
  const name = facts.primaryKey?.name
  if (name === undefined || where === null || typeof where !== 'object') return undefined
  return pinnedRow(facts, { [name]: (where as Record<string, unknown>)[name] })
}

/** One text a value, where equality in Postgres is equality of that text; else undefined. */
export function exactText(field: ScalarField, value: unknown): string | undefined {
  if (!hasExactEquality(field)) return undefined
  switch (field.type) {
    case 'String':
      if (typeof value !== 'string') return undefined
      if (field.nativeType?.[0] === 'Uuid') return UUID.test(value) ? value.toLowerCase() : undefined
      return escapePart(value)
    case 'Enum':
      return typeof value === 'string' ? escapePart(value) : undefined
    case 'Int':
      return Number.isSafeInteger(value) ? String(value) : undefined
    case 'BigInt':
      return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : undefined
    default:
      return undefined
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * How a `where` writes the texts of unique keys. Prisma asks for what is asked for in one tick with one query, and tells the
 * rows apart by these texts: a row whose key the database spells otherwise is then answered with none, though it is there.
 *
 * @returns `other` for a UUID that is not as Postgres gives it; `unsure` where the type has several spellings of one value
 */
export function spellingOf(facts: ModelFacts, where: unknown): 'stored' | 'other' | 'unsure' {
  let found: 'stored' | 'unsure' = 'stored'
  for (const [name, value] of Object.entries((where ?? {}) as Record<string, unknown>)) {
    // A text stands for a field, an object for the fields of a compound key.
    for (const [part, text] of isLiteral(value) ? Object.entries(value) : [[name, value] as const]) {
      if (typeof text !== 'string') continue
      const field = facts.fields.find((one) => one.name === part)
      if (field?.type !== 'String') continue
      if (field.nativeType?.[0] === 'Uuid') {
        if (exactText(field, text) !== text) return 'other'
      } else if (!hasExactEquality(field)) found = 'unsure'
    }
  }
  return found
}

/** Keeps `,` free as the separator of a compound key. */
function escapePart(text: string): string {
  return text.includes(',') || text.includes('\\') ? text.replace(/[\\,]/g, '\\$&') : text
}
