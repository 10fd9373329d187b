import { createHash } from 'node:crypto'
import type { ModelEntry, ModelFacts } from '@prisma-cache/policy-dsl'

/** What the annotations of a model's fields mean for planning, worked out once. */
export interface FieldRules {
  /** Never in Redis, in no form. */
  readonly omitted: ReadonlySet<string>
  /** Part of every identity. */
  readonly scope: readonly string[]
  readonly version: string | undefined
  /** As planning sees the model: its shape is told apart from that of a process with other annotations. */
  readonly facts: ModelFacts
  /** The same with the fields alone that may be kept. */
  readonly kept: ModelFacts
}

const known = new WeakMap<ModelEntry, FieldRules>()

export function fieldRules(entry: ModelEntry): FieldRules {
  const rules = known.get(entry) ?? makeRules(entry)
  known.set(entry, rules)
  return rules
}

function makeRules({ facts, fieldPolicies }: ModelEntry): FieldRules {
  const { omit = [], scope = [], version } = fieldPolicies ?? {}
  const omitted = new Set(omit)
  const planned = omit.length + scope.length === 0 ? facts : annotated(facts, omitted, scope)
  const fields = planned.fields.filter(({ name }) => !omitted.has(name))
  return { omitted, scope, version, facts: planned, kept: omit.length === 0 ? planned : { ...planned, fields } }
}

/** A key that holds an omitted field names no row here: the name would stand in keys. */
function annotated(facts: ModelFacts, omitted: ReadonlySet<string>, scope: readonly string[]): ModelFacts {
  const { primaryKey, ...rest } = facts
  const annotations = JSON.stringify([facts.shapeHash, [...omitted].sort(), scope])
  const shapeHash = createHash('sha256').update(annotations).digest('hex').slice(0, facts.shapeHash.length)
  const names = primaryKey && !primaryKey.fields.some((name) => omitted.has(name))
  return { ...rest, ...(names ? { primaryKey } : {}), shapeHash }
}
