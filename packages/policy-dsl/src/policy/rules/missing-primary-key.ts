import type { Rule } from './rule.js'

/** A pending row is found, merged and flushed by its primary key; a unique key may be null or change. */
export const missingPrimaryKey: Rule = ({ policy, facts }) =>
  policy.strategy === 'writeBehind' && !facts.isView && facts.primaryKey === undefined
    ? [
        {
          code: 'PC2203',
          message: `\`${facts.name}\` has no primary key, by which \`writeBehind\` tells its rows apart`,
          label: 'add `@id` or `@@id` to the model, or use another strategy',
        },
      ]
    : []
