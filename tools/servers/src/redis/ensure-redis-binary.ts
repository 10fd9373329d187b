import { findExecutable } from '../process/find-executable.js'
import { ServersError } from '../servers-error.js'
import { debianRedis } from './debian-redis.js'
import { probeRedis, type RedisBinary } from './redis-binary.js'

const HOMEBREW = ['/opt/homebrew/bin', '/usr/local/bin', '/opt/homebrew/opt/valkey/bin', '/opt/homebrew/opt/redis/bin']

/** A Redis or Valkey server to run: named by REDIS_SERVER_BIN, installed, or unpacked from the distribution's packages. */
export async function ensureRedisBinary(log: (line: string) => void = () => {}): Promise<RedisBinary> {
  return (await named()) ?? (await installed()) ?? (await unpacked(log))
}

async function named(): Promise<RedisBinary | undefined> {
  const file = process.env.REDIS_SERVER_BIN
  if (!file) return undefined
  const binary = await probeRedis(file, 'REDIS_SERVER_BIN')
  if (binary) return binary
  throw new ServersError({
    code: 'PC5013',
    reason: `REDIS_SERVER_BIN is ${file}, which is no Redis or Valkey server that runs here`,
    nextStep: 'correct REDIS_SERVER_BIN, or unset it',
  })
}

async function installed(): Promise<RedisBinary | undefined> {
  for (const name of ['valkey-server', 'redis-server']) {
    const file = findExecutable(name, HOMEBREW)
    const binary = file ? await probeRedis(file, file) : undefined
    if (binary) return binary
  }
  return undefined
}

async function unpacked(log: (line: string) => void): Promise<RedisBinary> {
  const { binary, failures } = await debianRedis(log)
  if (binary) return binary
  const tried = failures.length > 0 ? ` (tried ${failures.join('; ')})` : ''
  const install = process.platform === 'darwin' ? 'brew install valkey' : 'apt-get install redis-server'
  throw new ServersError({
    code: 'PC5013',
    reason: `No Redis or Valkey server was found on this machine${tried}`,
    nextStep: `set REDIS_URL to a running server or REDIS_SERVER_BIN to a binary, or install one (${install})`,
  })
}
