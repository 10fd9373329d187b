import { PrismaPg } from '@prisma/adapter-pg'
import { type FlushWorkerOptions, startFlushWorker } from 'prisma-cache/worker'
// What `prisma-cache worker` runs on.
import { openDatabase } from '../../../../../packages/prisma-cache/dist/cli/queue/pg-database.js'
import { policies } from '../../generated/write-behind/cache/index.js'
import { PrismaClient } from '../../generated/write-behind/prisma/client.js'
import type { ChildSettings, FromChild } from './messages.js'
import type { Opened } from './opened.js'

export async function openWorker(settings: ChildSettings, send: (message: FromChild) => void): Promise<Opened> {
  const { prisma, end } = settings.prisma ? overPrisma(settings.databaseUrl) : await overDriver(settings.databaseUrl)
  const tell = (what: 'rejected' | 'error' | 'lost', text: string) => send({ type: 'told', what, text })
  const worker = await startFlushWorker({
    prisma,
    road: settings.road,
    policies,
    redis: settings.redisUrl,
    namespace: settings.namespace,
    lease: settings.leaseMs,
    sweepEveryMs: settings.sweepEveryMs,
    takeoverMs: settings.takeoverMs,
    concurrency: 4,
    durableWithinMs: 15_000,
    onRejected: ({ model, row, error }) => tell('rejected', `${model} ${row}: ${error}`),
    onError: (error) => tell('error', error instanceof Error ? error.message : String(error)),
    onLost: ({ model, cause }) => tell('lost', `${model}: ${cause}`),
  })
  return {
    async close() {
      await worker.close({ deadlineMs: 3000 })
      await end()
    },
  }
}

interface Database {
  readonly prisma: FlushWorkerOptions['prisma']
  end(): Promise<void>
}

function overPrisma(url: string): Database {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 5 }) })
  return { prisma: prisma as never, end: () => prisma.$disconnect() }
}

async function overDriver(url: string): Promise<Database> {
  const prisma = await openDatabase(url, 5)
  return { prisma, end: () => prisma.close() }
}
