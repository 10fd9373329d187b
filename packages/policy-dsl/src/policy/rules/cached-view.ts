import type { Rule } from './rule.js'

/** What a view reads is not in the schema: without `dependsOn`, no write could make its entries die. */
export const cachedView: Rule = ({ policy, facts }) =>
  facts.isView && policy.strategy !== 'none' && policy.dependsOn.length === 0
    ? [
        {
          code: 'PC2204',
          message: `\`${facts.name}\` is a view: nothing says which writes change it`,
          label: 'say which models it reads, as in `dependsOn: [Account, Transfer]`, or use `@cache.none`',
        },
      ]
    : []
