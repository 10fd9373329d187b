import type { Rule } from './rule.js'

/** What a view reads is not in the schema: without `dependsOn`, no write could make its entries die. */
export const cachedView: Rule = ({ policy, facts }) => {
  if (!facts.isView || policy.strategy === 'none' || policy.strategy === 'writeBehind') return []
  if (policy.dependsOn.some((name) => name !== facts.name)) return []
  const label = 'say which models it reads, as in `dependsOn: [Account, Transfer]`, or use `@cache.none`'
  const message = `\`${facts.name}\` is a view: nothing says which writes change it`
  return [{ code: 'PC2204', message, label, unless: ['dependsOn'] }]
}

export const writtenView: Rule = ({ policy, facts }) =>
  facts.isView && policy.strategy === 'writeBehind'
    ? [
        {
          code: 'PC2209',
          message: `\`${facts.name}\` is a view: there are no writes of it to accept`,
          label: 'use `invalidate` with `dependsOn`, or `@cache.none`',
        },
      ]
    : []
