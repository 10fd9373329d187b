import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { prismaCache } from 'prisma-cache'
import { PrismaClient } from '../generated/prisma/client.js'
import { POLICIES, type PolicyName } from './policies.js'

/** Where a process of these benchmarks works. */
export interface Place {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly namespace: string
  readonly policies: PolicyName
}

export function plainClient(databaseUrl: string, Client: typeof pg.Client = pg.Client): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: 10, Client }) })
}

export function cachedClient({ databaseUrl, redisUrl, namespace, policies }: Place) {
  // One type stands for both: they differ in what they say of one model.
  const set = POLICIES[policies] as (typeof POLICIES)['asDeclared']
  return plainClient(databaseUrl).$extends(prismaCache({ policies: set, redis: redisUrl, namespace }))
}

export type CachedClient = ReturnType<typeof cachedClient>
