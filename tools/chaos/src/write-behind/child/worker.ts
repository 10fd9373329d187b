import { PrismaPg } from '@prisma/adapter-pg'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../../generated/write-behind/cache/index.js'
import { PrismaClient } from '../../generated/write-behind/prisma/client.js'
import type { Opened } from './main.js'
import type { ChildSettings, FromChild } from './messages.js'

export async function openWorker(settings: ChildSettings, send: (message: FromChild) => void): Promise<Opened> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: settings.databaseUrl, max: 5 }) })
  const tell = (what: 'rejected' | 'error' | 'lost', text: string) => send({ type: 'told', what, text })
  const worker = await startFlushWorker({
    prisma: prisma as never,
    policies,
    redis: settings.redisUrl,
    namespace: settings.namespace,
    lease: settings.leaseMs,
    sweepEveryMs: settings.sweepEveryMs,
    concurrency: 4,
    onRejected: ({ model, row, error }) => tell('rejected', `${model} ${row}: ${error}`),
    onError: (error) => tell('error', error instanceof Error ? error.message : String(error)),
    onLost: ({ model, cause }) => tell('lost', `${model}: ${cause}`),
  })
  return {
    async close() {
      await worker.close({ deadlineMs: 3000 })
      await prisma.$disconnect()
    },
  }
}
