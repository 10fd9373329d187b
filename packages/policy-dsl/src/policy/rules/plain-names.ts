import type { Rule, RuleFinding } from './rule.js'

/** Objects of rows, arguments and clients are asked for it by name, and every one of them would answer. */
export const plainNames: Rule = ({ policy, fieldPolicies, facts }) => {
  if (policy.strategy === 'none' && fieldPolicies === undefined) return []
  const isTaken = (name: string) => name in Object.prototype || lowerFirst(name) in Object.prototype
  const columns = [...facts.fields, ...facts.relations]
    .map(({ name }) => name)
    .filter((name) => name in Object.prototype)
  return [
    ...(isTaken(facts.name) ? [finding(facts.name, 'model', '@@map')] : []),
    ...columns.map((name) => finding(`${facts.name}.${name}`, 'field', '@map')),
  ]
}

function finding(name: string, what: string, map: string): RuleFinding {
  return {
    code: 'PC2216',
    message: `\`${name}\` has a name that every JavaScript object has: the cache could not tell it from that`,
    label: `rename the ${what}, and keep its name in the database with \`${map}\``,
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
