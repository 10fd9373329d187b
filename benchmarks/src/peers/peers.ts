import type { PrismaClient } from '../generated/prisma/client.js'
import { cacheManagerInMemory, cacheManagerOnRedis } from './cache-manager.js'
import type { Peer } from './peer.js'
import { redisExtension } from './redis-extension.js'

export async function preparePeers(
  client: () => PrismaClient,
  redisUrl: string,
  prefix: string,
): Promise<readonly Peer[]> {
  return [
    redisExtension(client(), redisUrl, prefix),
    cacheManagerOnRedis(client(), redisUrl, prefix),
    cacheManagerInMemory(client()),
  ]
}
