import type { Rule } from './rule.js'

/** What a view reads is not in the schema, so no write could make its entries die. */
export const cachedView: Rule = ({ policy, facts }) =>
  facts.isView && policy.strategy !== 'none'
    ? [
        {
          code: 'PC2204',
          message: `\`${facts.name}\` is a view: nothing says which writes change it`,
          label: 'use `@cache.none`; `dependsOn` is not available in this version',
        },
      ]
    : []
