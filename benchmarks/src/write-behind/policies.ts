import { definePolicies, writeBehind } from 'prisma-cache'
import { policies } from '../generated/cache/index.js'

/** `held`: nothing is flushed before somebody asks for it. */
export const POLICIES = {
  asDeclared: policies,
  held: definePolicies(policies, {
    Behind: writeBehind({ ttl: '1h', flushEvery: '10m', durability: 'memory', maxPending: 1_000_000 }),
  }),
}

export type PolicyName = keyof typeof POLICIES
