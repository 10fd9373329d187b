import { didYouMean } from '../../diagnostics/nearest.js'
import type { Rule } from './rule.js'

export const dependsOnKnown: Rule = ({ policy }, models) => {
  if (policy.strategy === 'none') return []
  return policy.dependsOn
    .filter((name) => !Object.hasOwn(models, name))
    .map((item) => ({
      code: 'PC2216' as const,
      message: `\`dependsOn\` names \`${item}\`, and Prisma Client has no such model`,
      label: didYouMean(item, Object.keys(models)),
      about: { kind: 'argument' as const, name: 'dependsOn', item },
    }))
}

/** What was accepted is not in Postgres yet, where the answer is made. */
export const dependsOnPending: Rule = ({ policy, facts }, models) => {
  if (policy.strategy === 'none' || policy.consistency === 'strong') return []
  return policy.dependsOn
    .filter((name) => models[name]?.policy.strategy === 'writeBehind')
    .map((item) => ({
      code: 'PC2253' as const,
      message: `\`${facts.name}\` depends on \`${item}\`, whose writes reach Postgres later`,
      label: `what is pending of \`${item}\` is not in it; \`$cache.flush('${item}')\` is a barrier`,
      about: { kind: 'argument' as const, name: 'dependsOn', item },
    }))
}
