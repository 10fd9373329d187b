import { argumentsNotAvailable } from '../../grammar/not-available.js'
import type { Rule } from './rule.js'

/** What a view reads is not in the schema, so no write could make its entries die unless the policy says which do. */
export const cachedView: Rule = ({ policy, facts }) => {
  if (!facts.isView || policy.strategy === 'none' || policy.strategy === 'writeBehind') return []
  if (policy.dependsOn.length > 0) return []
  const label = withoutDependsOn()
    ? 'use `@cache.none`; `dependsOn` is not available in this version'
    : 'add `dependsOn: […]` with the models that it reads, or use `@cache.none`'
  return [{ code: 'PC2204', message: `\`${facts.name}\` is a view: nothing says which writes change it`, label }]
}

export const writtenView: Rule = ({ policy, facts }) =>
  facts.isView && policy.strategy === 'writeBehind'
    ? [
        {
          code: 'PC2218',
          message: `\`${facts.name}\` is a view: there are no writes of it to accept`,
          label: withoutDependsOn() ? 'use `@cache.none`' : 'use `invalidate`',
        },
      ]
    : []

const withoutDependsOn = () => argumentsNotAvailable.includes('dependsOn')
