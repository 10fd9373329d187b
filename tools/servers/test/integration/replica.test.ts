import pg from 'pg'
import { type PostgresReplica, type PostgresServer, startPostgres, startReplica } from '../../src/index.js'

let primary: PostgresServer
let replica: PostgresReplica
beforeAll(async () => {
  primary = await startPostgres({ database: 'bank' })
  replica = await startReplica(primary)
})
afterAll(async () => {
  await replica.stop()
  await primary.stop()
})

it('a replica follows, pauses and goes on', async () => {
  await query(primary.url, 'CREATE TABLE kept AS SELECT 7 AS answer')
  await replica.caughtUp()
  expect(await query(replica.url, 'SELECT answer FROM kept')).toBe(7)
  await expect(query(replica.url, 'DELETE FROM kept')).rejects.toThrow(/read-only/)
  await replica.pauseReplay()
  await query(primary.url, 'UPDATE kept SET answer = 8')
  expect(await query(replica.url, 'SELECT answer FROM kept')).toBe(7)
  await replica.resumeReplay()
  await replica.caughtUp()
  expect(await query(replica.url, 'SELECT answer FROM kept')).toBe(8)
})

it('is killed, comes back, and is promoted', async () => {
  await replica.kill('KILL')
  await query(primary.url, 'UPDATE kept SET answer = 9')
  await replica.restart()
  await replica.caughtUp()
  expect(await query(replica.url, 'SELECT answer FROM kept')).toBe(9)
  await replica.promote()
  await query(replica.url, 'UPDATE kept SET answer = 10')
  expect(await query(primary.url, 'SELECT answer FROM kept')).toBe(9)
})

async function query(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer
  } finally {
    await client.end()
  }
}
