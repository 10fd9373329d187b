import { PrismaPg } from '@prisma/adapter-pg'
import { prismaCache } from 'prisma-cache'
import { REPLICA_POOL } from '../config/pools.js'
import { policies } from '../generated/cache/index.js'
import { type ClientOptions, createPlainClient } from './plain-client.js'

export interface CachedClientOptions extends ClientOptions {
  readonly redisUrl: string
  /** First part of every key in Redis. */
  readonly namespace: string
  /** A streaming replica of the database. */
  readonly replicaUrl?: string
}

/**
 * How long the fence of a writer that died stands. It is also how long balances bypass the cache after Redis has come
 * up without its data, as a fresh one does; the default of 30 s would outlast the whole demo.
 */
export const LEASE_MS = 5_000

/** The plain client and one call more. */
export const createCachedClient = ({ redisUrl, namespace, replicaUrl, ...plain }: CachedClientOptions) => {
  const replica = replicaUrl && new PrismaPg({ connectionString: replicaUrl, max: REPLICA_POOL })
  const replicas = replica ? [replica] : []
  return createPlainClient(plain).$extends(
    prismaCache({ policies, redis: redisUrl, namespace, lease: LEASE_MS, replicas }),
  )
}

export type CachedClient = ReturnType<typeof createCachedClient>
