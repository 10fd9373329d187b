import { acquireServers } from '../../src/index.js'
import { freePort } from '../../src/process/free-port.js'
import { withEnvironment } from '../support/environment.js'

const databaseUrl = process.env.TEST_DATABASE_URL!
const redisUrl = process.env.TEST_REDIS_URL!

describe('servers named by the environment', () => {
  it('are taken as they are, after a real connection', async () => {
    await withEnvironment({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }, async () => {
      const servers = await acquireServers()
      expect(servers).toMatchObject({ databaseUrl, redisUrl })
      expect(servers.describe[0]).toMatch(/^Postgres \d+.* \(DATABASE_URL\)$/)
      expect(servers.describe[1]).toMatch(/^(Redis|Valkey) \d+\.\d+.* \(REDIS_URL\)/)
      await servers.stop()
    })
  })

  it('are refused with PC5002 where DATABASE_URL leads nowhere', async () => {
    const nowhere = `postgresql://me:secret@127.0.0.1:${await freePort()}/bank`
    const error = await refusal({ DATABASE_URL: nowhere, REDIS_URL: redisUrl })
    expect(error).toMatchObject({
      code: 'PC5002',
      reason: expect.stringContaining('ECONNREFUSED'),
      nextStep: expect.stringContaining('unset DATABASE_URL'),
    })
    expect(String(error)).not.toContain('secret')
  })

  it('are refused with PC5002 where the database does not exist', async () => {
    const missing = new URL(databaseUrl)
    missing.pathname = '/no_such_database'
    expect(await refusal({ DATABASE_URL: missing.href, REDIS_URL: redisUrl })).toMatchObject({
      code: 'PC5002',
      nextStep: expect.stringContaining('create the database'),
    })
  })

  it('are refused with PC5012 where REDIS_URL leads nowhere', async () => {
    const nowhere = `redis://:secret@127.0.0.1:${await freePort()}`
    const error = await refusal({ DATABASE_URL: databaseUrl, REDIS_URL: nowhere })
    expect(error).toMatchObject({
      code: 'PC5012',
      reason: expect.stringContaining('ECONNREFUSED'),
      nextStep: expect.stringContaining('unset REDIS_URL'),
    })
    expect(String(error)).not.toContain('secret')
  })

  it('are refused with PC5012 where something else listens', async () => {
    const notRedis = new URL(databaseUrl).host
    expect(await refusal({ DATABASE_URL: databaseUrl, REDIS_URL: `redis://${notRedis}` })).toMatchObject({
      code: 'PC5012',
    })
  })

  it.each([
    [{ DATABASE_URL: 'mysql://localhost/bank', REDIS_URL: redisUrl }, 'PC5001'],
    [{ DATABASE_URL: databaseUrl, REDIS_URL: 'localhost:6379' }, 'PC5011'],
  ])('are refused where the URL is of another kind', async (variables, code) => {
    expect(await refusal(variables)).toMatchObject({ code })
  })
})

async function refusal(variables: Record<string, string>): Promise<unknown> {
  return withEnvironment(variables, () => acquireServers()).catch((error: unknown) => error)
}
