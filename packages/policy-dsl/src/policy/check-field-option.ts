import type { CheckedArgument } from '../grammar/check-argument.js'
import type { FieldAnnotation } from '../grammar/field-annotations.js'
import { names } from '../grammar/names.js'
import { fieldAnnotationsNotAvailable, notAvailable } from '../grammar/not-available.js'
import { toNode } from './draft-value.js'
import type { FieldPolicies } from './policy-set.js'

/** Options of a draft that stand for annotations of fields. */
export type GivenFields = Partial<FieldPolicies>

const fields = names({ of: 'fields', example: "['password']" })

export function checkFieldOption(word: FieldAnnotation, value: unknown): CheckedArgument {
  if (fieldAnnotationsNotAvailable.includes(word)) {
    return { ok: false, mistakes: [{ about: 'name', finding: notAvailable(word) }] }
  }
  if (word === 'version') {
    if (typeof value === 'string') return { ok: true, value }
    const finding = {
      code: 'PC2106',
      message: '`version` must be the name of a field',
      label: "write `version: '…'`",
    } as const
    return { ok: false, mistakes: [{ about: 'value', finding }] }
  }
  const parsed = fields.parse(toNode(value), word)
  if (parsed.ok) return parsed
  return { ok: false, mistakes: [parsed, ...(parsed.more ?? [])].map(({ finding }) => ({ about: 'value', finding })) }
}

/** The schema's, as far as nothing else is given; undefined where no field is left. */
export function mergeFields(schema: FieldPolicies | undefined, given: GivenFields): FieldPolicies | undefined {
  const version = given.version ?? schema?.version
  const omit = given.omit ?? schema?.omit ?? []
  const scope = given.scope ?? schema?.scope ?? []
  if (!version && omit.length === 0 && scope.length === 0) return undefined
  return { ...(version ? { version } : {}), omit, scope }
}
