// A flush worker in a process of its own, for tests that kill it. It holds still at the point that it was told, and
// says so; the database is bare, since a child runs the built package and has no TypeScript.

import pg from 'pg'
import { startFlushWorker } from 'prisma-cache/worker'

const { databaseUrl, redisUrl, namespace, policies, holdAt, takeoverMs } = JSON.parse(process.env.FLUSH_CHILD)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 })
const never = new Promise(() => {})
const at = async (point) => {
  if (point !== holdAt) return
  process.send(point)
  await never
}

const rawQueries = (client) => ({
  $queryRawUnsafe: async (sql, ...values) => (await client.query(sql, values)).rows,
  $executeRawUnsafe: async (sql, ...values) => (await client.query(sql, values)).rowCount ?? 0,
})

await startFlushWorker({
  policies,
  namespace,
  redis: redisUrl,
  takeoverMs,
  prisma: {
    ...rawQueries(pool),
    async $transaction(work) {
      await at('sealed')
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work(rawQueries(client))
        await at('written')
        await client.query('COMMIT')
        await at('committed')
        return result
      } finally {
        client.release()
      }
    },
  },
})
process.send('started')
