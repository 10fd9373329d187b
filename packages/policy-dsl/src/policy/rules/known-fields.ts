import { didYouMean } from '../../diagnostics/nearest.js'
import { fieldAnnotations } from '../../grammar/field-annotations.js'
import type { ModelFacts } from '../policy-set.js'
import type { About, Rule, RuleFinding } from './rule.js'

/** Names of fields that stand in a policy: each is a column of the model. */
export const knownFields: Rule = ({ policy, fieldPolicies, facts }) => {
  const narrowed = policy.strategy === 'none' || policy.narrowBy === 'auto' ? [] : policy.narrowBy
  return [
    ...narrowed.flatMap((item) => check(facts, item, { kind: 'argument', name: 'narrowBy', item })),
    ...fieldAnnotations.flatMap((word) =>
      [fieldPolicies?.[word] ?? []].flat().flatMap((field) => check(facts, field, { kind: 'field', word, field })),
    ),
  ]
}

function check(facts: ModelFacts, name: string, about: About): RuleFinding[] {
  if (facts.fields.some((field) => field.name === name)) return []
  const relation = facts.relations.find((one) => one.name === name)
  if (relation === undefined) {
    const names = facts.fields.map((field) => field.name)
    const message = `\`${facts.name}\` has no field \`${name}\``
    return [{ code: 'PC2205', message, label: didYouMean(name, names), about }]
  }
  const columns = relation.from.map((field) => `\`${field}\``).join(', ')
  const label =
    columns === '' ? 'leave it out: the foreign key is on the other side' : `write ${columns}, its foreign key`
  return [{ code: 'PC2206', message: `\`${facts.name}.${name}\` is a relation, not a column`, label, about }]
}
