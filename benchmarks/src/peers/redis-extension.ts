import { Redis } from 'ioredis'
import { PrismaExtensionRedis } from 'prisma-extension-redis'
import superjson from 'superjson'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Peer } from './peer.js'

/** prisma-extension-redis: automatic caching and invalidation on writes, texts by superjson, as its pages show them. */
export function redisExtension(client: PrismaClient, redisUrl: string, prefix: string): Peer {
  const redis = new Redis(redisUrl)
  const extended = client.$extends(
    PrismaExtensionRedis({
      config: {
        ttl: 3600,
        stale: 0,
        type: 'STRING', // the servers here have no RedisJSON
        cacheKey: { prefix: `${prefix}_per` },
        transformer: {
          serialize: (data) => superjson.stringify(data),
          deserialize: (data) => superjson.parse(data as string),
        },
        auto: { ttl: 3600, stale: 0, invalidateOnWrite: true },
      },
      client: redis,
    }),
  )
  return {
    name: 'prisma-extension-redis 5.0.0',
    keeps: 'redis',
    prisma: extended as unknown as PrismaClient,
    arg: {},
    invalidates: true,
    async close() {
      await client.$disconnect()
      redis.disconnect()
    },
  }
}
