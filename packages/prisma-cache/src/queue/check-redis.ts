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
  return await checkPromises(
    redis,
    Object.entries(policies.models).flatMap(([model, { policy }]) =>
      policy.strategy === 'writeBehind' ? [{ model, durability: policy.durability, byCall: false }] : [],
    ),
  )
}

export interface DurabilityPromise {
  readonly model: string
  readonly durability: Durability
  /** Made by the argument of one write, not by the policy. */
  readonly byCall: boolean
}

/** @throws PrismaCacheError PC1102, PC1103 */
export async function checkPromises(
  redis: Redis | Cluster,
  promises: readonly DurabilityPromise[],
): Promise<RedisCheck> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const facts = await Promise.all(servers.map(readServerFacts))
  for (const server of facts) {
    checkEviction(server)
    for (const promise of promises) checkDurability(promise, server)
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

function checkDurability(promise: DurabilityPromise, server: ServerFacts): void {
  const { durability } = promise
  const { name } = server
  switch (durability.kind) {
    case 'memory':
      return
    case 'fsync':
      if (!server.appendOnly) {
        throw unkept(
          promise,
          'fsync',
          `Redis at ${name} keeps no append-only file, so a crash loses what it has accepted. Set \`appendonly yes\`${server.waitAof ? '' : ' and `appendfsync always`'}`,
        )
      }
      if (server.appendFsync !== 'always' && !server.waitAof) {
        throw unkept(
          promise,
          'fsync',
          `Redis at ${name} writes its append-only file with appendfsync ${server.appendFsync ?? 'unknown'} and does not know WAITAOF, which would tell when a write is on disk. Set \`appendfsync always\`, or use Redis 7.2 or newer, or Valkey`,
        )
      }
      return
    case 'replicated':
      if (server.replicas < durability.replicas) {
        throw unkept(
          promise,
          `replicated(${durability.replicas})`,
          `Redis at ${name} has ${server.replicas} connected replica${server.replicas === 1 ? '' : 's'}. Connect ${durability.replicas - server.replicas} more (\`replicaof\` on each)`,
        )
      }
  }
}

function unkept({ model, byCall }: DurabilityPromise, durability: string, why: string): PrismaCacheError {
  const [said, less] = byCall
    ? [
        `a write to ${model} asks for durability ${durability}`,
        "ask for less (`durability: 'applied'` waits for Postgres)",
      ]
    : [`${model} promises durability ${durability}`, `promise less in the policy of ${model} (\`durability: memory\`)`]
  return new PrismaCacheError('PC1102', `${said}, which cannot be kept: ${why}; or ${less}.`)
}
