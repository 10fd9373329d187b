import type { Rule } from './rule.js'

/** A copy in the process that no read may take. */
export const unreadNear: Rule = ({ policy, facts }) => {
  if (policy.strategy === 'none' || policy.read.kind !== 'none' || policy.near.kind === 'off') return []
  return [
    {
      code: 'PC2215',
      message: `reads of \`${facts.name}\` go to Postgres (\`read: none\`): nothing would ever read the near copies`,
      label: 'leave one of the two out',
      about: { kind: 'argument', name: 'near' },
    },
  ]
}
