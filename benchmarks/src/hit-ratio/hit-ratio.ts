import { PrismaPg } from '@prisma/adapter-pg'
import { acquireServers, createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { definePolicies, invalidate, prismaCache } from 'prisma-cache'
import { policies } from '../generated/cache/index.js'
import { PrismaClient } from '../generated/prisma/client.js'
import { firstNotes, workload } from './workload.js'

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url).pathname

export interface HitRatio {
  readonly mode: string
  readonly reads: number
  readonly hits: number
  /** Of the hits of an oracle that drops an answer only when it has changed. */
  readonly ofOracle: number
  /** Answers that Postgres did not give at that moment. */
  readonly stale: number
}

const MODES = {
  'by key and column': policies,
  'narrowed by key': definePolicies(policies, { Note: invalidate({ ttl: '1h' }) }),
  'by table': definePolicies(policies, { Note: invalidate({ ttl: '1h', narrowBy: [] }) }),
}

/** One client, one operation at a time: what is counted is the same on every machine. */
export async function measureHitRatios(seed: number, operations: number): Promise<readonly HitRatio[]> {
  const servers = await acquireServers({ redis: { appendOnly: false } })
  const results: HitRatio[] = []
  for (const [mode, set] of Object.entries(MODES)) {
    const name = `hits_${process.pid}_${results.length}`
    const url = await createDatabase(servers.databaseUrl, name)
    const client = () => new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
    const plain = client()
    for (const statement of (await diffFromEmpty(SCHEMA)).split(';'))
      if (statement.trim()) await plain.$executeRawUnsafe(statement)
    await plain.note.createMany({ data: firstNotes() })
    const cached = client().$extends(
      prismaCache({ policies: set as typeof policies, redis: servers.redisUrl, namespace: name }),
    )
    results.push({ mode, ...(await replay(plain, cached as unknown as Cached, seed, operations)) })
    await cached.$disconnect()
    await plain.$disconnect()
    await dropDatabase(servers.databaseUrl, name)
  }
  await servers.stop()
  return results
}

type Cached = PrismaClient & { $cache: { on(event: 'hit' | 'fill', listener: () => void): () => void } }

async function replay(plain: PrismaClient, cached: Cached, seed: number, operations: number) {
  let [reads, hits, fills, misses, oracle, stale] = [0, 0, 0, 0, 0, 0]
  let filled = () => {}
  cached.$cache.on('hit', () => hits++)
  cached.$cache.on('fill', () => {
    fills++
    filled()
  })
  const last = new Map<string, string>()
  for (const operation of workload(seed, operations)) {
    if (operation.kind === 'write') {
      await operation.run(cached)
      continue
    }
    reads++
    const before = hits
    const answer = JSON.stringify(await operation.run(cached))
    if (hits === before) misses++
    const truth = JSON.stringify(await operation.run(plain))
    if (answer !== truth) stale++
    if (last.get(operation.question) === truth) oracle++
    last.set(operation.question, truth)
    // Fills are not awaited by readers; here the next reader comes after them.
    while (fills < misses)
      await new Promise<void>((resolve) => {
        filled = resolve
      })
  }
  return { reads, hits, ofOracle: hits / oracle, stale }
}
