import pg from 'pg'
import { maskPassword } from '../mask-password.js'
import { ServersError } from '../servers-error.js'
import { connectFailure } from './connect-failure.js'
import { OLDEST_SUPPORTED } from './postgres-binaries.js'

const CONNECT_WITHIN_MS = 5_000

/** Connects to the database somebody gave us in `variable`, and says what was found there. */
export async function checkDatabaseUrl(url: string, variable: string): Promise<string> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new ServersError({
      code: 'PC5001',
      reason: `${variable} is no Postgres URL`,
      nextStep: `give it the form postgresql://user:password@host:5432/database, or unset ${variable}`,
    })
  }
  const version = await serverVersion(url, variable)
  const major = Number.parseInt(version, 10)
  if (major < OLDEST_SUPPORTED) {
    throw new ServersError({
      code: 'PC5006',
      reason: `The server of ${variable} is Postgres ${version}, and ${OLDEST_SUPPORTED} is the oldest supported`,
      nextStep: `upgrade it, or unset ${variable} to use a server of our own`,
    })
  }
  return `Postgres ${version} at ${maskPassword(url)} (${variable})`
}

async function serverVersion(url: string, variable: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => {}) // a connection lost after the answer is nobody's concern
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]?.server_version ?? ''
  } catch (error) {
    throw connectFailure(url, error, variable)
  } finally {
    await client.end().catch(() => {}) // it never connected
  }
}
