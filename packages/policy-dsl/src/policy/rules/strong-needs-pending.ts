import type { Rule } from './rule.js'

/** The foreign key of a write that goes straight to Postgres fails while the row it needs is still pending. */
export const strongNeedsPending: Rule = ({ policy, facts }, models) => {
  if (policy.strategy !== 'writeBehind') return []
  const strong = Object.values(models).filter(
    (other) =>
      other.policy.strategy !== 'none' &&
      other.policy.strategy !== 'writeBehind' &&
      other.policy.consistency === 'strong' &&
      other.facts.relations.some(({ model, from, nullable }) => model === facts.name && from.length > 0 && !nullable),
  )
  return strong.map((other) => ({
    code: 'PC2250' as const,
    message: `\`${other.facts.name}\` is \`strong\` and requires \`${facts.name}\`, whose writes reach Postgres later`,
    label: `a new \`${facts.name}\` comes first: flush it before \`${other.facts.name}\` refers to it`,
    help: `changes of one row are applied in the order of acceptance; between models \`$cache.flush('${facts.name}')\` is the barrier`,
  }))
}
