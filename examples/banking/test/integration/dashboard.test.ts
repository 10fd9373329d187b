import { createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import Fastify from 'fastify'
import { startFlushWorker } from 'prisma-cache/worker'
import { mountDashboard } from '../../src/dashboard/mount-dashboard.js'
import { openDatabase } from '../../src/db/open-database.js'
import { createPlainClient } from '../../src/db/plain-client.js'
import { policies } from '../../src/generated/cache/index.js'

const server = process.env.TEST_DATABASE_URL!
const redisUrl = process.env.TEST_REDIS_URL!
const name = `board_${process.pid}`
const schema = new URL('../../../../prisma/schema.prisma', import.meta.url).pathname

test('the board shows a rejected write with its values and what Postgres said; the metrics count it', async () => {
  const databaseUrl = await createDatabase(server, name)
  const plain = createPlainClient({ databaseUrl, connections: 4 })
  for (const statement of (await diffFromEmpty(schema)).split(';')) {
    if (statement.trim()) await plain.$executeRawUnsafe(statement)
  }
  const cache = { redisUrl, namespace: name }
  const worker = await startFlushWorker({ prisma: plain, policies, redis: redisUrl, namespace: name })
  const database = openDatabase({ databaseUrl, connections: 2, cache })
  const web = Fastify()
  try {
    await mountDashboard(web, { ...cache, metrics: database.cache!.metrics })
    await plain.$executeRaw`alter table "PageCounter" add constraint few check (visits > 0)`
    await database.client.pageCounter.create({ data: { id: 'home' } })
    await database.cache!.flush().catch(() => {})

    const base = await web.listen({ host: '127.0.0.1', port: 0 })
    const page = await fetch(`${base}/queues`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    const jobs = await fetch(`${base}/queues/api/queues?activeQueue=flush&status=failed&page=1&jobsPerPage=10`)
    const [queue] = ((await jobs.json()) as { queues: { counts: Record<string, number>; jobs: unknown[] }[] }).queues
    expect(queue!.counts.failed).toBe(1)
    expect(queue!.jobs).toMatchObject([
      {
        name: 'rejected',
        data: { model: 'PageCounter', row: 'home', set: { id: '=home' } },
        failedReason: expect.stringContaining('few'),
      },
    ])
    const metrics = await fetch(`${base}/metrics`)
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await metrics.text()).toContain('prisma_cache_rejected_rows_kept{model="PageCounter"} 1\n')
  } finally {
    await web.close()
    await database.close()
    await worker.close()
    await plain.$disconnect()
    await dropDatabase(server, name)
  }
}, 60_000)
