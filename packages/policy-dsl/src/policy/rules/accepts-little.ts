import type { ModelEntry } from '../policy-set.js'
import type { Rule, RuleFinding } from './rule.js'

/** What goes to Postgres directly though the model is written behind: its author expects otherwise. */
export const acceptsLittle: Rule = (entry) => {
  if (entry.policy.strategy !== 'writeBehind') return []
  return [...ofOmitted(entry), ...ofScoped(entry)]
}

function ofOmitted({ fieldPolicies, facts }: ModelEntry): RuleFinding[] {
  const [field, ...more] = fieldPolicies?.omit ?? []
  if (field === undefined) return []
  const named = more.length > 0 ? 'an omitted field' : `\`${field}\``
  return [
    {
      code: 'PC2256',
      message: `creates of \`${facts.name}\`, and updates that name ${named}, go to Postgres directly: it is kept nowhere else`,
      label: 'move the field to a model of its own, or use `writeThrough`',
      about: { kind: 'field', word: 'omit', field },
    },
  ]
}

function ofScoped({ fieldPolicies, facts }: ModelEntry): RuleFinding[] {
  const [field] = fieldPolicies?.scope ?? []
  if (field === undefined) return []
  return [
    {
      code: 'PC2256',
      message: `only creates of \`${facts.name}\` are accepted: other writes of a scoped model go to Postgres directly`,
      label: 'use `writeThrough` where rows are updated',
      about: { kind: 'field', word: 'scope', field },
    },
  ]
}
