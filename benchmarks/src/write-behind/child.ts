import { startFlushWorker } from 'prisma-cache/worker'
import { createStatementCounter } from './count-statements.js'
import { cachedClient, type Place, plainClient } from './place.js'
import { POLICIES } from './policies.js'

/** What the parent may ask of a process; each answer is sent back under the id of its call. */
const methods = {
  /** Flushes, and counts what it sends to Postgres. */
  async work({ databaseUrl, redisUrl, namespace, policies }: Place): Promise<void> {
    const prisma = plainClient(databaseUrl, statements.Client)
    const worker = await startFlushWorker({
      prisma,
      policies: POLICIES[policies],
      redis: redisUrl,
      namespace,
      onRejected: () => void rejected++,
    })
    process.once('SIGTERM', async () => {
      await worker.close()
      await prisma.$disconnect()
      process.exit(0)
    })
  },
  async counts(): Promise<{ statements: number; rejected: number }> {
    return { statements: statements.count(), rejected }
  },
  /** Increments one row at a rate, or as fast as it goes. @returns how many were answered, and the last answer */
  async increment(place: Place, id: string, perSecond: number, seconds: number): Promise<number> {
    const prisma = cachedClient(place)
    const args = { where: { id }, data: { hits: { increment: 1 } } }
    await prisma.behind.findUnique({ where: { id } })
    const begin = performance.now()
    let [sent, answered] = [0, 0]
    const elapsed = () => (performance.now() - begin) / 1000
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        while (elapsed() < seconds) {
          if (sent >= perSecond * elapsed()) {
            await new Promise((resolve) => setTimeout(resolve, 1))
            continue
          }
          sent++
          await prisma.behind.update(args)
          answered++
        }
      }),
    )
    await prisma.$disconnect()
    return answered
  },
}

export type Methods = typeof methods

const statements = createStatementCounter()
let rejected = 0

process.on('message', async ({ id, name, args }: { id: number; name: keyof Methods; args: unknown[] }) => {
  try {
    const result = await (methods[name] as (...given: unknown[]) => Promise<unknown>)(...args)
    process.send!({ id, result })
  } catch (error) {
    process.send!({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
process.on('disconnect', () => process.exit(1))
