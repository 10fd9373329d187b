import fs from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { acquireServers, startPostgres, startRedis } from '../../src/index.js'
import { withEnvironment } from '../support/environment.js'
import { removeTemporary, temporary } from '../support/temporary.js'

afterAll(removeTemporary)

const nobodysServers = { DATABASE_URL: undefined, REDIS_URL: undefined }

describe('servers of our own', () => {
  it('answer, and leave nothing behind', async () => {
    await withEnvironment(nobodysServers, async () => {
      const servers = await acquireServers({ postgres: { database: 'bank' } })
      expect(await query(servers.databaseUrl, 'SELECT current_database() AS answer')).toBe('bank')
      expect(await withRedis(servers.redisUrl, (redis) => redis.ping())).toBe('PONG')
      await servers.stop()
      await expect(query(servers.databaseUrl, 'SELECT 1 AS answer')).rejects.toThrow()
    })
  })

  it('keep what they hold where they are told to', async () => {
    const dataDir = temporary()
    await withEnvironment(nobodysServers, async () => {
      const first = await acquireServers({ dataDir })
      await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 7 AS answer')
      await withRedis(first.redisUrl, (redis) => redis.set('kept', '7'))
      await first.stop()

      const second = await acquireServers({ dataDir })
      expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).toBe(7)
      expect(await withRedis(second.redisUrl, (redis) => redis.get('kept'))).toBe('7')
      await second.stop()
    })
  })
})

describe('Postgres', () => {
  it('keeps committed rows through a SIGKILL, on the same port', async () => {
    const server = await startPostgres()
    await query(server.url, 'CREATE TABLE kept AS SELECT 7 AS answer')
    await server.kill('KILL')
    expect(server.running()).toBe(false)
    await server.restart()
    expect(await query(server.url, 'SELECT answer FROM kept')).toBe(7)
    await server.stop()
    expect(fs.existsSync(path.dirname(server.dataDir))).toBe(false)
  })

  it('takes the data folder of one that was killed, and refuses that of one that runs', async () => {
    const dataDir = path.join(temporary(), 'postgres')
    const first = await startPostgres({ dataDir })
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS answer')
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'PC5005' })
    await first.kill('KILL')
    const second = await startPostgres({ dataDir, port: first.port })
    expect(await query(second.url, 'SELECT answer FROM kept')).toBe(7)
    await second.stop()
    await first.stop()
  })

  it('takes settings, and says what is wrong with one', async () => {
    const server = await startPostgres({ settings: { max_connections: '23' } })
    expect(await query(server.url, "SELECT current_setting('max_connections') AS answer")).toBe('23')
    await server.stop()
    await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toMatchObject({
      code: 'PC5004',
      reason: expect.stringContaining('no_such_setting'),
    })
  })
})

describe('Redis', () => {
  it('keeps answered writes through a SIGKILL, on the same port', async () => {
    const server = await startRedis()
    await withRedis(server.url, (redis) => redis.set('kept', '7'))
    await server.kill('KILL')
    expect(server.running()).toBe(false)
    await server.restart()
    expect(await withRedis(server.url, (redis) => redis.get('kept'))).toBe('7')
    await server.stop()
    expect(fs.existsSync(server.dataDir)).toBe(false)
  })

  it('forgets without an append-only file, and never evicts', async () => {
    const server = await startRedis({ appendOnly: false })
    await withRedis(server.url, (redis) => redis.set('forgotten', '7'))
    await server.kill('KILL')
    await server.restart()
    expect(await withRedis(server.url, (redis) => redis.get('forgotten'))).toBeNull()
    expect(await withRedis(server.url, (redis) => redis.config('GET', 'maxmemory-policy'))).toContain('noeviction')
    await server.stop()
  })

  it('says what is wrong with an argument', async () => {
    await expect(startRedis({ args: ['--no-such-option', '1'] })).rejects.toMatchObject({
      code: 'PC5014',
      reason: expect.stringContaining('no-such-option'),
    })
  })
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

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
