import type { IndexedModel } from './model-index.js'
import { keyText, type NarrowField } from './narrow-fields.js'
import { isLiteral } from './records.js'

/** The values that a `where` pins a field to: a row that matches has one of them. As `keyText` writes them. */
export type Pins = ReadonlyMap<NarrowField, readonly string[]>

/** More values than this cost more to look up than the narrower invalidation gives back. */
const MOST = 16

/** Every field that `where` pins. Empty where it pins none: a matching row may then have any value. */
export function pinsOf(model: IndexedModel, where: unknown): Pins {
  const pins = new Map<NarrowField, readonly string[]>()
  if (!isLiteral(where)) return pins
  const narrower = (found: Pins) => {
    for (const [field, values] of found) {
      const known = pins.get(field)
      if (known === undefined || values.length < known.length) pins.set(field, values)
    }
  }
  for (const [name, condition] of Object.entries(where)) {
    if (name === 'AND') for (const part of listOf(condition)) narrower(pinsOf(model, part))
    else if (name === 'OR') narrower(pinsOfArms(listOf(condition).map((arm) => pinsOf(model, arm))))
    else narrower(pinsOfField(model, name, condition))
  }
  return pins
}

/** Of all arms of an `OR`, each pinned by a field of its own choice; undefined where one arm is not pinned. */
export function pinsAcrossArms(
  model: IndexedModel,
  where: unknown,
): readonly (readonly [NarrowField, string])[] | undefined {
  if (!isLiteral(where) || !Array.isArray(where.OR) || where.OR.length === 0) return undefined
  const keys: (readonly [NarrowField, string])[] = []
  for (const arm of where.OR) {
    const best = bestOf(pinsOf(model, arm))
    if (!best) return undefined
    keys.push(...best[1].map((value) => [best[0], value] as const))
  }
  return keys.length > 0 && keys.length <= MOST ? keys : undefined
}

/** The field with the fewest values. */
export function bestOf(pins: Pins): readonly [NarrowField, readonly string[]] | undefined {
  let best: readonly [NarrowField, readonly string[]] | undefined
  for (const pin of pins) if (best === undefined || pin[1].length < best[1].length) best = pin
  return best
}

function pinsOfField(model: IndexedModel, name: string, condition: unknown): Pins {
  const narrow = model.narrow.find((one) => one.name === name)
  if (narrow) {
    const values = valuesOf(narrow, condition)
    return values ? new Map([[narrow, values]]) : new Map()
  }
  const key = [model.facts.primaryKey, ...model.facts.uniques].find((one) => one?.name === name)
  if (!key || key.fields.length < 2 || !isLiteral(condition)) return new Map()
  // The fields of a compound key, each an equality of its own.
  const parts = Object.entries(condition).filter(([part]) => key.fields.includes(part))
  return parts.length > 0 ? pinsOf(model, Object.fromEntries(parts)) : new Map()
}

function valuesOf(narrow: NarrowField, condition: unknown): readonly string[] | undefined {
  if (condition === undefined) return undefined
  if (!isLiteral(condition)) return textsOf(narrow, [condition])
  // In another mode two texts may be equal in more ways than a tag knows.
  if (condition.mode !== undefined && condition.mode !== 'default') return undefined
  if (condition.equals !== undefined) return textsOf(narrow, [condition.equals])
  return Array.isArray(condition.in) ? textsOf(narrow, condition.in) : undefined
}

function textsOf(narrow: NarrowField, values: readonly unknown[]): readonly string[] | undefined {
  if (values.length === 0 || values.length > MOST) return undefined
  const texts = values.map((value) => keyText(narrow, value))
  return texts.includes(undefined) ? undefined : [...new Set(texts as string[])]
}

/** What all arms pin: any of their values. */
function pinsOfArms(arms: readonly Pins[]): Pins {
  const [first, ...others] = arms
  const pins = new Map<NarrowField, readonly string[]>()
  for (const [field, values] of first ?? []) {
    if (!others.every((arm) => arm.has(field))) continue
    const all = [...new Set([...values, ...others.flatMap((arm) => arm.get(field)!)])]
    if (all.length <= MOST) pins.set(field, all)
  }
  return pins
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
