import type { PolicySet } from '@prisma-cache/policy-dsl'
import { checkRedis, type RedisCheck } from '../queue/check-redis.js'
import type { Link } from '../store/link.js'

/** Whether the server that this connection leads to can keep what the policies promise. */
export interface KnownPromises {
  /**
   * Asks once a connection: after a reconnect another server may answer, or the same one with fewer replicas.
   *
   * @throws PrismaCacheError PC1102, PC1103
   */
  get(): Promise<RedisCheck>
}

export function createKnownPromises(link: Link, policies: PolicySet): KnownPromises {
  let known: { generation: number; check: Promise<RedisCheck> } | undefined
  return {
    get() {
      const generation = link.generation()
      if (known?.generation !== generation) {
        const mine = { generation, check: checkRedis(link.redis, policies) }
        // What cannot be kept now may be after a setting was changed, or a replica has come back.
        mine.check.catch(() => {
          if (known === mine) known = undefined
        })
        known = mine
      }
      return known.check
    },
  }
}
