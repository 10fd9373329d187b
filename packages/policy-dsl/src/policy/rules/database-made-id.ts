import type { Rule } from './rule.js'

/** A create is answered before Postgres sees it, so nobody would know the id to answer with. */
export const databaseMadeId: Rule = ({ policy, facts }) => {
  if (policy.strategy !== 'writeBehind' || policy.creates === 'writeThrough') return []
  return facts.fields
    .filter(({ name, default: maker }) => facts.primaryKey?.fields.includes(name) && maker?.by === 'database')
    .map(({ name }) => ({
      code: 'PC2202' as const,
      message: `only the database can make \`${facts.name}.${name}\`: creates cannot be accepted early`,
      label: 'give `creates: writeThrough`, or an id made by the client such as `@default(uuid())`',
      unless: ['creates'],
    }))
}
