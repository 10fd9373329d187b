import { runJest } from './jest.mjs'

/**
 * The integration tests, with one Postgres and one Redis for all of them. Tests make databases and key prefixes of
 * their own in these; those that need a server to kill start it themselves.
 *
 * @param {readonly string[]} args
 */
export async function runIntegrationTests(args) {
  const { acquireServers } = await import('../../tools/servers/dist/index.js')
  const servers = await acquireServers({ log: console.log })
  try {
    for (const line of servers.describe) console.log(line)
    return await runJest('integration', args, {
      TEST_DATABASE_URL: servers.databaseUrl,
      TEST_REDIS_URL: servers.redisUrl,
    })
  } finally {
    await servers.stop()
  }
}
