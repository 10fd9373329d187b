import type { ModelEntry } from '../policy-set.js'
import type { Rule, RuleFinding } from './rule.js'

/** What never leaves Postgres cannot be what rows are told apart by in Redis. */
export const omittedField: Rule = (entry) => {
  const { fieldPolicies, facts } = entry
  return (fieldPolicies?.omit ?? []).flatMap((field): RuleFinding[] => {
    const about = { kind: 'field', word: 'omit', field } as const
    const use = useOf(entry, field)
    if (use === undefined) return []
    const [part, label] = use
    const message = `\`${facts.name}.${field}\` cannot be kept in Postgres: it is ${part}, which the cache goes by`
    return [{ code: 'PC2208', message, label, about }]
  })
}

function useOf(
  { policy, fieldPolicies, facts }: ModelEntry,
  field: string,
): readonly [part: string, label: string] | undefined {
  if (facts.primaryKey?.fields.includes(field)) return ['part of the primary key', 'remove `@cache.omit`']
  if (fieldPolicies?.scope.includes(field)) return ['a scope', 'keep one of the two annotations']
  if (fieldPolicies?.version === field) return ['the version', 'keep one of the two annotations']
  const narrowed = policy.strategy === 'none' || policy.narrowBy === 'auto' ? [] : policy.narrowBy
  return narrowed.includes(field) ? ['in `narrowBy`', 'take it out of `narrowBy`'] : undefined
}
