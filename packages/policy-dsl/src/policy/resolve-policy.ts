import { argumentsOf, defaultOf, type StrategyWord } from '../grammar/strategies.js'
import type { ModelPolicy } from './policy-set.js'

/** The policy of checked values, with the table's defaults for what they leave out. */
export function resolvePolicy(strategy: StrategyWord, values: Readonly<Record<string, unknown>>): ModelPolicy {
  const resolved: Record<string, unknown> = { strategy }
  for (const [name, row] of Object.entries(argumentsOf(strategy))) {
    resolved[name] = values[name] ?? defaultOf(row, { ...values, ...resolved })
  }
  // Whoever makes a set of policies has `parsePolicySet` check that table and interface agree.
  return resolved as unknown as ModelPolicy
}
