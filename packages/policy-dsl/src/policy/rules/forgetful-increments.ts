import type { Rule } from './rule.js'

/** A Redis that comes back one step older hands out increments that Postgres has already. */
export const forgetfulIncrements: Rule = ({ policy, facts }) => {
  if (policy.strategy !== 'writeBehind' || policy.durability.kind !== 'memory' || policy.increments !== 'delta')
    return []
  const key = facts.primaryKey?.fields ?? []
  const counts = facts.fields.filter(({ name, type, list }) => /^(Big)?Int$/.test(type) && !list && !key.includes(name))
  if (counts.length === 0) return []
  return [
    {
      code: 'PC2252',
      message: `increments of \`${facts.name}\` can be applied twice: with \`durability: memory\` Redis may forget that it flushed`,
      label: 'use `durability: fsync`, or `increments: absolute`',
      about: { kind: 'argument', name: 'durability' },
      unless: ['increments'],
    },
  ]
}
