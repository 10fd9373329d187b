import { type ModelPolicy, resolvePolicy, type StrategyName } from '@prisma-cache/policy-dsl'
import type { PolicySet } from 'prisma-cache'
import { policies } from '../../prisma/generated/cache/index.js'

/** The policies of the test schema, with other ones for some models. */
export function withPolicies(
  changed: Readonly<Record<string, readonly [StrategyName, Readonly<Record<string, unknown>>]>>,
): PolicySet {
  const models = Object.entries<PolicySet['models'][string]>(policies.models).map(([name, entry]) => {
    const [strategy, values] = changed[name] ?? []
    const policy: ModelPolicy = strategy ? resolvePolicy(strategy, values!) : entry.policy
    return [name, { ...entry, policy }]
  })
  return { ...policies, models: Object.fromEntries(models) } as PolicySet
}
