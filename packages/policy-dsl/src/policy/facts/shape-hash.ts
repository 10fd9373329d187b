import { hash } from 'node:crypto'
import type { EnumFacts, ModelFacts } from '../policy-set.js'

/**
 * 12 hex digits that stay the same exactly while the model's shape does: neither moving a field in the schema nor the
 * order of a DMMF's keys counts, but the enums do whose values its rows hold.
 */
export function shapeHash(
  facts: Omit<ModelFacts, 'shapeHash' | 'indexes'>,
  enums: Readonly<Record<string, EnumFacts>>,
): string {
  const used = facts.fields.flatMap(({ enumName }) => (enumName === undefined ? [] : [[enumName, enums[enumName]]]))
  const shape = {
    ...facts,
    fields: byName(facts.fields),
    relations: byName(facts.relations),
    uniques: byName(facts.uniques),
    enums: Object.fromEntries(used),
  }
  return hash('sha256', canonicalJson(shape)).slice(0, 12)
}

/** JSON with the keys of every object in one order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(ordered(value))
}

/** A copy with sorted keys: a replacer would be called for every leaf, which takes most of the time of a large schema. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort(compare)) copy[key] = ordered((value as Record<string, unknown>)[key])
  return copy
}

/** By code unit, so that no machine's locale changes a hash or a generated file. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => compare(a.name, b.name))
}
