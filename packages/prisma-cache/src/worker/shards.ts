import type { PolicySet, WriteBehindPolicy } from '@prisma-cache/policy-dsl'
import { lifeOf } from '../planner/read-terms.js'

export interface ShardOf {
  readonly model: string
  readonly shard: number
}

/** Of a model whose strategy was changed while writes were pending, what is left is flushed by these. */
const LEFT_OVER: Pick<WriteBehindPolicy, 'flushEvery' | 'maxBatch' | 'durability'> = {
  flushEvery: 0,
  maxBatch: 100,
  durability: { kind: 'memory' },
}

export function flushPolicyOf(policies: PolicySet, model: string): typeof LEFT_OVER & { readonly lifeMs: number } {
  const policy = policies.models[model]?.policy
  if (policy?.strategy === 'writeBehind') return { ...policy, lifeMs: lifeOf(policy) }
  // Nothing is put into a cache that the model no longer has: a lifetime of 1 ms.
  return { ...LEFT_OVER, lifeMs: policy && policy.strategy !== 'none' ? lifeOf(policy) : 1 }
}

export function writeBehindModels(policies: PolicySet): string[] {
  return Object.entries(policies.models).flatMap(([name, { policy }]) =>
    policy.strategy === 'writeBehind' ? [name] : [],
  )
}

/** Names a shard in the ledger among all caches of the database. */
export function ledgerShardOf(namespace: string, { model, shard }: ShardOf): string {
  return `${namespace}:${model}.${shard}`
}
