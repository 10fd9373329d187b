import { WORKER_POOL } from '../config/pools.js'
import { createPlainClient } from '../db/plain-client.js'
import { createStatementCounter, type StatementCounts } from '../db/statement-counter.js'
import { serveParent } from '../process/serve-parent.js'
import { startWorker, type WorkerPlace } from './start-worker.js'

const statements = createStatementCounter()

const methods = {
  async start(place: WorkerPlace): Promise<void> {
    const prisma = createPlainClient({ databaseUrl: place.databaseUrl, connections: WORKER_POOL, statements })
    const worker = await startWorker(prisma, place)
    process.on('SIGTERM', async () => {
      await worker.close()
      await prisma.$disconnect()
      process.exit(0)
    })
  },
  async resetMeasures(): Promise<void> {
    statements.reset()
  },
  async statements(): Promise<StatementCounts> {
    return statements.counts()
  },
}

export type WorkerMethods = typeof methods

serveParent(methods)
