import type { Durability } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { IndexedModel } from './model-index.js'

/** What one accepted write is to have survived before its caller is answered. */
export type CallDurability = Durability | { readonly kind: 'applied' }

/** What a caller may write for one write of a `writeBehind` model. */
export interface WriteCacheArgument {
  readonly durability: 'memory' | 'fsync' | `replicated(${number})` | 'applied'
}

/**
 * Takes `cache` out of the arguments of a write.
 *
 * @throws PrismaCacheError PC1401
 */
export function takeDurability(
  { name, policy }: IndexedModel,
  args: unknown,
): { readonly args: unknown; readonly durability?: CallDurability } {
  if (args === null || typeof args !== 'object' || !('cache' in args)) return { args }
  const { cache, ...rest } = args
  if (cache === undefined) return { args: rest }
  const durability = readDurability(cache)
  if (policy.strategy === 'writeBehind') return { args: rest, durability }
  throw wrong(
    `${name} is not written behind (${policy.strategy}): its writes are in Postgres when they are answered, and there is nothing to choose. Leave it out`,
  )
}

/** @throws PrismaCacheError PC1401 */
export function readDurability(cache: unknown): CallDurability {
  if (cache === null || typeof cache !== 'object') throw wrong(`it is ${JSON.stringify(cache)}. ${HINT}`)
  const other = Object.keys(cache).find((word) => word !== 'durability')
  if (other !== undefined) throw wrong(`a write takes no \`${other}\`. ${HINT}`)
  const { durability } = cache as { durability?: unknown }
  switch (durability) {
    case 'memory':
    case 'fsync':
    case 'applied':
      return { kind: durability }
  }
  const replicas = typeof durability === 'string' ? Number(/^replicated\(([1-9]\d{0,2})\)$/.exec(durability)?.[1]) : 0
  if (replicas >= 1 && replicas <= MOST_REPLICAS) return { kind: 'replicated', replicas }
  throw wrong(`\`durability\` is ${JSON.stringify(durability)}. ${HINT}`)
}

/** As the policy language has it. */
const MOST_REPLICAS = 100

const HINT =
  "Write `cache: { durability: 'applied' }`, or 'memory', 'fsync' or 'replicated(2)'; how a write is done otherwise is its model's policy"

function wrong(why: string): PrismaCacheError {
  return new PrismaCacheError('PC1401', `the \`cache\` argument of this write is not valid: ${why}.`)
}
