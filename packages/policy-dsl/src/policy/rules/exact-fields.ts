import { hasExactEquality, typeText } from '../exact-equality.js'
import type { ModelFacts } from '../policy-set.js'
import type { Rule, RuleFinding } from './rule.js'

const label = 'only `String`, `Int`, `BigInt`, enums and `@db.Uuid` can: equal values have one spelling'

/** A key is made of the text of a value: two spellings of one value would be two keys. */
export const narrowsExactly: Rule = ({ policy, facts }) => {
  if (policy.strategy === 'none' || policy.narrowBy === 'auto') return []
  return fieldsOf(facts, policy.narrowBy)
    .filter((field) => !hasExactEquality(field))
    .map((field) => ({
      code: 'PC2207' as const,
      message: `\`${facts.name}.${field.name}\` (${typeText(field)}) cannot narrow an invalidation`,
      label,
      about: { kind: 'argument' as const, name: 'narrowBy', item: field.name },
    }))
}

/** A row without a scope would belong to nobody, or to everybody. */
export const scopesExactly: Rule = ({ fieldPolicies, facts }) =>
  fieldsOf(facts, fieldPolicies?.scope ?? []).flatMap((field): RuleFinding[] => {
    const about = { kind: 'field', word: 'scope', field: field.name } as const
    const name = `\`${facts.name}.${field.name}\``
    if (!hasExactEquality(field)) {
      return [{ code: 'PC2211', message: `${name} (${typeText(field)}) cannot be a scope`, label, about }]
    }
    if (!field.nullable) return []
    const message = `${name} can be null: a row without a scope would be nobody's`
    return [
      { code: 'PC2211', message, label: `make it required: \`${field.name} ${field.enumName ?? field.type}\``, about },
    ]
  })

function fieldsOf({ fields }: ModelFacts, names: readonly string[]) {
  return fields.filter(({ name }) => names.includes(name))
}
