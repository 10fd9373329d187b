import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { prismaCache } from 'prisma-cache'
import { policies } from '../../generated/registers/cache/index.js'
import { PrismaClient } from '../../generated/registers/prisma/client.js'
import { callUnderWay, type Gates } from './gates.js'
import type { ClientSettings } from './messages.js'
import type { Recorder } from './recorder.js'

/** A model's operations; which there are and what they take is Prisma's business. */
export type Model = Record<Operation, (args: object) => PromiseLike<unknown>>
type Operation =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findMany'
  | 'aggregate'
  | 'count'
  | 'create'
  | 'update'
  | 'upsert'
  | 'updateMany'
  | 'updateManyAndReturn'
  | 'delete'

export interface Client {
  model(name: string): Model
  transaction<T>(work: (tx: (name: string) => Model) => Promise<T>): Promise<T>
  batch(calls: readonly PromiseLike<unknown>[]): Promise<readonly unknown[]>
  executeRaw(sql: string, ...values: unknown[]): PromiseLike<number>
  /** Runs `work` in a session, a new one or that of a token; the token afterwards. */
  session(token: string | undefined, work: () => Promise<void>): Promise<string>
}

/** The extended client, with the gates between it and the database. */
export function openClient(settings: ClientSettings, gates: Gates, recorder: Recorder): Client {
  const { databaseUrl, replicaUrls, redisUrl, namespace, leaseMs, commandTimeoutMs } = settings
  const cached = new PrismaClient({ adapter: gates.adapter(databaseUrl, 2 * settings.actors) }).$extends(
    prismaCache({
      policies,
      redis: redisUrl,
      namespace,
      lease: leaseMs,
      commandTimeout: commandTimeoutMs,
      ...(replicaUrls.length > 0 ? { replicas: replicaUrls.map(replicaOf) } : {}),
    }),
  )
  // On one of them calls come by the road of clients that are extended further.
  const prisma = settings.slot === settings.slots - 1 ? cached.$extends({ name: 'another' }) : cached
  const { $cache } = cached
  $cache.on('unpublished', () => {
    const call = callUnderWay.getStore()
    if (call) call.owed = true
    recorder.count('unpublished')
  })
  $cache.on('settled', ({ left }) => left === 0 && recorder.settled())
  $cache.on('route', (route) => recorder.count(`route: ${route.source === 'replica' ? 'replica' : route.reason}`))
  for (const name of ['hit', 'miss', 'conflict', 'epoch'] as const) $cache.on(name, () => recorder.count(name))
  $cache.on('hit', ({ source }) => source === 'near' && recorder.count('near hit'))
  $cache.on('bypass', ({ reason }) => recorder.count(`bypass: ${reason}`))
  $cache.on('publish', ({ put }) => recorder.count(put ? 'publish: put' : 'publish: dropped'))
  $cache.on('link', ({ state }) => recorder.count(`link: ${state}`))
  const models = (of: object) => (name: string) =>
    (of as Record<string, Model>)[`${name[0]!.toLowerCase()}${name.slice(1)}`]!
  return {
    model: models(prisma),
    transaction: async (work) =>
      await prisma.$transaction(async (tx) => await work(models(tx)), { timeout: 8000, maxWait: 8000 }),
    batch: async (calls) => await prisma.$transaction(calls as never),
    executeRaw: (sql, ...values) => prisma.$executeRawUnsafe(sql, ...values),
    async session(token, work) {
      const run = async (session: { token(): string }) => {
        await work()
        return session.token()
      }
      return token === undefined ? await $cache.session(run) : await $cache.session.resume(token, run)
    },
  }
}

/**
 * With a pool of its own, whose connections are listened to from the start: what a server says right behind its first
 * answer, as it dies, comes before the adapter listens, and would end the process.
 */
function replicaOf(connectionString: string): PrismaPg {
  const pool = new pg.Pool({ connectionString, max: 4 })
  pool.on('connect', (client) => client.on('error', () => {})) // whoever asks on it is told
  return new PrismaPg(pool, { disposeExternalPool: true })
}
