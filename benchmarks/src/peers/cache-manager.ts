import KeyvRedis from '@keyv/redis'
import { createCache } from 'cache-manager'
import { KeyvCacheableMemory } from 'cacheable'
import { Keyv } from 'keyv'
import extension from 'prisma-extension-cache-manager'
import superjson from 'superjson'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Peer } from './peer.js'

const TTL_MS = 3_600_000
const VERSION = 'prisma-extension-cache-manager 1.1.1'

/** Its README's own serializer, that of `node:v8`, ends the process at the first row with a Decimal: see `faultsOf`. */
const texts = { serialize: superjson.stringify, deserialize: superjson.parse } as const

export function cacheManagerInMemory(client: PrismaClient): Peer {
  return peer(
    client,
    'memory',
    new Keyv({ store: new KeyvCacheableMemory({ ttl: TTL_MS }), ...texts }),
    `${VERSION} in memory`,
  )
}

export function cacheManagerOnRedis(client: PrismaClient, redisUrl: string, prefix: string): Peer {
  return peer(
    client,
    'redis',
    new Keyv({ store: new KeyvRedis(redisUrl), namespace: `${prefix}_pecm`, ...texts }),
    `${VERSION} on Redis`,
  )
}

function peer(client: PrismaClient, keeps: Peer['keeps'], store: Keyv, name: string): Peer {
  // The same type by another name: its pages are CommonJS, and so are the types that it knows.
  const cache = createCache({ ttl: TTL_MS, stores: [store] })
  return {
    name,
    keeps,
    prisma: client.$extends(extension.default({ cache: cache as never })) as unknown as PrismaClient,
    arg: { cache: true },
    invalidates: false,
    async close() {
      await client.$disconnect()
      await cache.disconnect()
    },
  }
}
