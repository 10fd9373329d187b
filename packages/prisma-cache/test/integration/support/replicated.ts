import { PrismaPg } from '@prisma/adapter-pg'
import {
  databaseUrl,
  type PostgresReplica,
  type PostgresServer,
  startPostgres,
  startReplica,
} from '@prisma-cache/servers'
import { PrismaClient } from '../../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './bench.js'

export interface ReplicatedBench {
  readonly bench: Bench
  readonly primary: PostgresServer
  readonly replicas: readonly PostgresReplica[]
  /** A client of one replica; closed at the end. */
  client(replica: number): PrismaClient
  adapter(replica: number): PrismaPg
  close(): Promise<void>
}

/** A primary of this file's own, with streaming replicas and a database of the test schema. */
export async function createReplicatedBench(count: number): Promise<ReplicatedBench> {
  const primary = await startPostgres()
  const replicas: PostgresReplica[] = []
  for (let i = 1; i <= count; i++) replicas.push(await startReplica(primary, { name: `replica${i}` }))
  const bench = await createBench(undefined, primary.url)
  await Promise.all(replicas.map((replica) => replica.caughtUp()))
  const adapter = (i: number) =>
    new PrismaPg({
      connectionString: databaseUrl(replicas[i]!.url, new URL(bench.databaseUrl).pathname.slice(1)),
      max: 3,
    })
  return {
    bench,
    primary,
    replicas,
    adapter,
    client(i) {
      const prisma = new PrismaClient({ adapter: adapter(i) })
      bench.onClose(() => prisma.$disconnect())
      return prisma
    },
    async close() {
      for (const replica of replicas) await replica.resumeReplay().catch(() => {}) // promoted or gone
      await bench.close()
      await Promise.all(replicas.map((replica) => replica.stop()))
      await primary.stop()
    },
  }
}
