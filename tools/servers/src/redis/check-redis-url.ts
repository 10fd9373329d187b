import { Redis } from 'ioredis'
import { maskPassword } from '../mask-password.js'
import { reasonOf, ServersError } from '../servers-error.js'

const CONNECT_WITHIN_MS = 5_000

/** Connects to the Redis somebody gave us in `variable`, and says what was found there. */
export async function checkRedisUrl(url: string, variable: string): Promise<string> {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new ServersError({
      code: 'PC5011',
      reason: `${variable} is no Redis URL`,
      nextStep: `give it the form redis://user:password@host:6379/0, or unset ${variable}`,
    })
  }
  const info = await serverInfo(url, variable)
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim()
  const valkey = field('valkey_version')
  const policy = field('maxmemory_policy')
  const warning =
    policy && policy !== 'noeviction'
      ? `, maxmemory-policy ${policy}: set it to noeviction, or the queue loses jobs`
      : ''
  const name = valkey ? `Valkey ${valkey}` : `Redis ${field('redis_version') ?? 'of unknown version'}`
  return `${name} at ${maskPassword(url)} (${variable})${warning}`
}

async function serverInfo(url: string, variable: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // The error event carries why the connection failed; the rejected command only says that it is closed.
  let cause: unknown
  client.on('error', (error) => (cause ??= error))
  try {
    await client.connect()
    return await client.info()
  } catch (error) {
    throw refused(url, variable, cause ?? error)
  } finally {
    client.disconnect()
  }
}

function refused(url: string, variable: string, cause: unknown): ServersError {
  const authentication = /NOAUTH|WRONGPASS|AUTH/.test(reasonOf(cause))
  const step = authentication ? 'correct the user and password in the URL' : 'start that server, or correct the URL'
  return new ServersError({
    code: 'PC5012',
    reason: `No connection to ${variable}, ${maskPassword(url)}: ${reasonOf(cause)}`,
    nextStep: `${step}, or unset ${variable} to use a server of our own`,
    cause,
  })
}
