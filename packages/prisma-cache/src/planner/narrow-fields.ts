import { createHash } from 'node:crypto'
import type { ModelFacts, ModelPolicy, ScalarField } from '@prisma-cache/policy-dsl'
import { exactText } from './row-id.js'

/** A field whose equality narrows: lists that ask for a value of it depend on writes of rows with that value only. */
export interface NarrowField {
  readonly name: string
  /**
   * Names the field in tags. Processes of two schemas that spell its values differently must not take each other's word
   * for what a write has touched, so its column and type are part of it.
   */
  readonly token: string
  readonly field: ScalarField
}

/**
 * The fields of a model that narrow. None where lists are not kept by the versions that a write replaces after COMMIT
 * alone: a `strong` reader is told of a write by the fence of the table, a write-behind one by what is pending.
 */
export function narrowFields(facts: ModelFacts, policy: ModelPolicy): readonly NarrowField[] {
  if (policy.strategy === 'none' || policy.strategy === 'writeBehind') return []
  if (policy.consistency === 'strong' || policy.dependsOn.length > 0 || facts.isView) return []
  const names = policy.narrowBy === 'auto' ? likelyFields(facts) : policy.narrowBy
  return [...new Set(names)].flatMap((name) => {
    const field = facts.fields.find((one) => one.name === name)
    return field && hasExactText(field) ? [{ name, token: tokenOf(field), field }] : []
  })
}

/** Fields that lists are asked by: those of unique and foreign keys, and the first of each index. */
function likelyFields({ uniques, relations, indexes, primaryKey }: ModelFacts): string[] {
  const compound = primaryKey && primaryKey.fields.length > 1 ? primaryKey.fields : []
  return [
    ...uniques.flatMap((unique) => unique.fields),
    ...relations.flatMap((relation) => relation.from),
    ...indexes.flatMap((fields) => fields.slice(0, 1)),
    ...compound,
  ]
}

const EXACT = new Set<ScalarField['type']>(['String', 'Int', 'BigInt', 'Enum'])

function hasExactText(field: ScalarField): boolean {
  return EXACT.has(field.type) && !field.list && exactText(field, sampleOf(field)) !== undefined
}

function sampleOf({ type, nativeType }: ScalarField): unknown {
  if (type === 'Int' || type === 'BigInt') return 1
  return nativeType?.[0] === 'Uuid' ? '00000000-0000-0000-0000-000000000000' : 'a'
}

function tokenOf({ name, dbName, type, enumName, nativeType }: ScalarField): string {
  const spelling = JSON.stringify([dbName, type, enumName ?? '', nativeType ?? ''])
  return `${name}.${createHash('sha256').update(spelling).digest('hex').slice(0, 6)}`
}

/** Longer texts are told apart by their hash; two that share one only die together. */
const LONGEST = 60

/**
 * The text that stands for a value in tags. Values that Postgres may take for equal share it, also where a column's
 * collation ignores case, accents or punctuation; two others that share it only die together.
 *
 * @returns undefined for a value that cannot be pinned
 */
export function keyText({ field }: NarrowField, value: unknown): string | undefined {
  if (value === null) return '~'
  const exact = exactText(field, value)
  if (exact === undefined) return undefined
  const text = field.type === 'String' ? folded(exact) : exact
  return `=${text.length <= LONGEST ? text : createHash('sha256').update(text).digest('base64url')}`
}

function folded(text: string): string {
  return text
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
}
