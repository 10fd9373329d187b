import type { Durability, PolicySet } from '@prisma-cache/policy-dsl'
import { Cluster, type Redis } from 'ioredis'
import { PrismaCacheError } from '../errors/cache-error.js'
import { readServerFacts, type ServerFacts } from './server-facts.js'

export interface RedisCheck {
  /** Every server forces each write to disk before it answers. */
  readonly alwaysSynced: boolean
}

/**
 * Every server that holds pending writes must be set up to keep what the policies promise.
 *
 * @throws PrismaCacheError PC1102, PC1103
 */
export async function checkRedis(redis: Redis | Cluster, policies: PolicySet): Promise<RedisCheck> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const facts = await Promise.all(servers.map(readServerFacts))
  for (const server of facts) {
    checkEviction(server)
    for (const [model, { policy }] of Object.entries(policies.models)) {
      if (policy.strategy === 'writeBehind') checkDurability(model, policy.durability, server)
    }
  }
  return { alwaysSynced: facts.every((server) => server.appendOnly && server.appendFsync === 'always') }
}

function checkEviction({ name, evictionPolicy }: ServerFacts): void {
  if (evictionPolicy === 'noeviction' || evictionPolicy === undefined) return
  throw new PrismaCacheError(
    'PC1103',
    `Redis at ${name} has maxmemory-policy ${evictionPolicy}: when memory is short it would evict accepted writes and jobs of the queue. Set \`maxmemory-policy noeviction\`; a cache that is to be evicted needs a Redis of its own.`,
  )
}

function checkDurability(model: string, durability: Durability, server: ServerFacts): void {
  const { name } = server
  switch (durability.kind) {
    case 'memory':
      return
    case 'fsync':
      if (!server.appendOnly) {
        throw unkept(
          model,
          'fsync',
          `Redis at ${name} keeps no append-only file, so a crash loses what it has accepted. Set \`appendonly yes\`${server.waitAof ? '' : ' and `appendfsync always`'}`,
        )
      }
      if (server.appendFsync !== 'always' && !server.waitAof) {
        throw unkept(
          model,
          'fsync',
          `Redis at ${name} writes its append-only file with appendfsync ${server.appendFsync ?? 'unknown'} and does not know WAITAOF, which would tell when a write is on disk. Set \`appendfsync always\`, or use Redis 7.2 or newer, or Valkey`,
        )
      }
      return
    case 'replicated':
      if (server.replicas < durability.replicas) {
        throw unkept(
          model,
          `replicated(${durability.replicas})`,
          `Redis at ${name} has ${server.replicas} connected replica${server.replicas === 1 ? '' : 's'}. Connect ${durability.replicas - server.replicas} more (\`replicaof\` on each)`,
        )
      }
  }
}

function unkept(model: string, durability: string, why: string): PrismaCacheError {
  return new PrismaCacheError(
    'PC1102',
    `${model} promises durability ${durability}, which cannot be kept: ${why}; or promise less in the policy of ${model} (\`durability: memory\`).`,
  )
}
