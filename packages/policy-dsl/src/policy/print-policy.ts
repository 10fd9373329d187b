import { argumentsNotAvailable } from '../grammar/not-available.js'
import { argumentsOf, defaultOf } from '../grammar/strategies.js'
import { printAnnotation, printValue } from '../syntax/print-annotation.js'
import type { ModelPolicy, StrategyName } from './policy-set.js'

/** The annotation that gives this policy; arguments at their default are left out. */
export function printPolicy(policy: ModelPolicy): string {
  const args = settingsOf(policy)
    .filter(({ isDefault }) => !isDefault)
    .map(({ name, value }) => ({ name: { text: name }, value }))
  return printAnnotation({ name: { text: policy.strategy }, arguments: args, parenthesized: args.length > 0 })
}

/** One argument of a policy, given or filled in. */
export interface PolicySetting {
  readonly name: string
  /** As the language writes it: `5m`, `replicated(2)`. */
  readonly text: string
  readonly isDefault: boolean
}

/**
 * Every argument that the strategy takes in this version, in the order of the table. One that is not heeded yet is at its
 * default in every policy, and saying so would promise what that default says.
 */
export function describePolicy(policy: ModelPolicy): readonly PolicySetting[] {
  const available = settingsOf(policy).filter(({ name }) => !argumentsNotAvailable.includes(name))
  return available.map(({ name, value, isDefault }) => ({ name, text: printValue(value), isDefault }))
}

/** Names of the arguments that a strategy takes in this version. */
export function argumentNames(strategy: StrategyName): readonly string[] {
  return Object.keys(argumentsOf(strategy)).filter((name) => !argumentsNotAvailable.includes(name))
}

function settingsOf(policy: ModelPolicy) {
  const values = policy as unknown as Readonly<Record<string, unknown>>
  return Object.entries(argumentsOf(policy.strategy)).map(([name, row]) => ({
    name,
    value: row.type.print(values[name]),
    isDefault: JSON.stringify(values[name]) === JSON.stringify(defaultOf(row, values)),
  }))
}
