import { didYouMean } from '../../diagnostics/nearest.js'
import type { Rule } from './rule.js'

export const dependsOnKnown: Rule = ({ policy }, models, { ignored }) => {
  if (policy.strategy === 'none') return []
  return policy.dependsOn
    .filter((name) => !Object.hasOwn(models, name))
    .map((item) => ({
      code: 'PC2214' as const,
      message: `\`dependsOn\` names \`${item}\`, and Prisma Client has no such model`,
      label: ignored.includes(item)
        ? 'it is `@@ignore`d: leave it out, or let Prisma Client have it'
        : didYouMean(item, Object.keys(models)),
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

/** Which writes change such a view nobody says, so whatever holds something of it is never kept. */
export const dependsOnBlindView: Rule = ({ policy, facts }, models) => {
  if (policy.strategy === 'none') return []
  return policy.dependsOn.filter(isBlindView).map((item) => ({
    code: 'PC2257' as const,
    message: `\`${facts.name}\` depends on the view \`${item}\`, and nothing says which writes change that: no answer is cached`,
    label: `name the models that \`${item}\` reads in its place`,
    about: { kind: 'argument' as const, name: 'dependsOn', item },
  }))

  function isBlindView(name: string): boolean {
    const other = Object.hasOwn(models, name) ? models[name] : undefined
    if (other?.facts.isView !== true || name === facts.name) return false
    return other.policy.strategy === 'none' || other.policy.dependsOn.length === 0
  }
}

/** It says nothing: whatever is read of a model depends on its writes. */
export const dependsOnItself: Rule = ({ policy, facts }) => {
  if (policy.strategy === 'none' || !policy.dependsOn.includes(facts.name)) return []
  return [
    {
      code: 'PC2258',
      message: `\`${facts.name}\` depends on its own writes whatever \`dependsOn\` says`,
      label: 'leave it out',
      about: { kind: 'argument', name: 'dependsOn', item: facts.name },
    },
  ]
}
