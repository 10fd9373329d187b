import { argumentsOf } from '../grammar/strategies.js'
import { printAnnotation } from '../syntax/print-annotation.js'
import type { ModelPolicy } from './policy-set.js'

/** The annotation that gives this policy; arguments at their default are left out. */
export function printPolicy(policy: ModelPolicy): string {
  const values = policy as unknown as Readonly<Record<string, unknown>>
  const args = Object.entries(argumentsOf(policy.strategy))
    .filter(([name, row]) => JSON.stringify(values[name]) !== JSON.stringify(row.default))
    .map(([name, row]) => ({ name: { text: name }, value: row.type.print(values[name]) }))
  return printAnnotation({ name: { text: policy.strategy }, arguments: args, parenthesized: args.length > 0 })
}
