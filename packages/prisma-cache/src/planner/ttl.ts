import type { CachingPolicy } from '@prisma-cache/policy-dsl'

/** Of what nobody has observed yet. */
const BEFORE_LEARNING_MS = 60_000

/** Milliseconds that what is put under the policy is served. */
export function ttlOf({ ttl }: Pick<CachingPolicy, 'ttl'>): number {
  return ttl === 'auto' ? BEFORE_LEARNING_MS : ttl
}
