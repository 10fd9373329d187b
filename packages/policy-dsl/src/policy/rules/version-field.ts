import { typeText } from '../exact-equality.js'
import type { ModelFacts, ScalarField } from '../policy-set.js'
import type { Rule } from './rule.js'

/** The version of a row is incremented in every UPDATE of it, by the extension. */
export const versionField: Rule = ({ fieldPolicies, facts }) => {
  const field = facts.fields.find(({ name }) => name === fieldPolicies?.version)
  if (field === undefined) return []
  const found = explain(facts, field)
  if (found === undefined) return []
  const [reason, label] = found
  const message = `\`${facts.name}.${field.name}\` cannot be a version: ${reason}`
  return [{ code: 'PC2210', message, label, about: { kind: 'field', word: 'version', field: field.name } }]
}

function explain(facts: ModelFacts, field: ScalarField): readonly [reason: string, label: string] | undefined {
  const type = typeText(field)
  if (facts.isView) return ['a view is not updated', 'remove it']
  if ((field.type !== 'Int' && field.type !== 'BigInt') || field.list) {
    return [`it is a \`${type}\``, 'a version is an `Int` or a `BigInt`']
  }
  if (field.nullable) return ['it can be null, and null plus one is null', `make it \`${field.type} @default(0)\``]
  const keys = [facts.primaryKey, ...facts.uniques].flatMap((key) => key?.fields ?? [])
  if (keys.includes(field.name))
    return ['it is part of a key, which every update would change', 'use a field of its own']
  const relation = facts.relations.find(({ from }) => from.includes(field.name))
  return relation && [`it is the foreign key of \`${relation.name}\``, 'use a field of its own']
}
