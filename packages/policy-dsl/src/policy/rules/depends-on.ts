import { didYouMean } from '../../diagnostics/nearest.js'
import type { Rule } from './rule.js'

export const dependsOnKnown: Rule = ({ policy }, models) => {
  if (policy.strategy === 'none') return []
  return policy.dependsOn
    .filter((name) => !Object.hasOwn(models, name))
    .map((item) => ({
      code: 'PC2214' as const,
      message: `\`dependsOn\` names \`${item}\`, and Prisma Client has no such model`,
      label: didYouMean(item, Object.keys(models)),
      about: { kind: 'argument' as const, name: 'dependsOn', item },
    }))
}

/** Nobody knows which of its rows a write of the listed models has changed, so none may be kept in Redis. */
export const dependsOnAcceptsNothing: Rule = ({ policy, facts }) => {
  if (policy.strategy !== 'writeBehind' || policy.dependsOn.length === 0) return []
  return [
    {
      code: 'PC2255',
      message: `with \`dependsOn\` every write of \`${facts.name}\` goes to Postgres directly: none is accepted`,
      label: 'leave it out, or use `writeThrough`',
      about: { kind: 'argument', name: 'dependsOn' },
    },
  ]
}
