import path from 'node:path'
import { checkDatabaseUrl } from './postgres/check-database-url.js'
import { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/start-postgres.js'
import { checkRedisUrl } from './redis/check-redis-url.js'
import { type RedisOptions, startRedis } from './redis/start-redis.js'

export interface AcquireOptions {
  /** For a Postgres that is started; one named by DATABASE_URL is taken as it is. */
  readonly postgres?: Omit<PostgresOptions, 'dataDir'> | undefined
  /** For a Redis that is started; one named by REDIS_URL is taken as it is. */
  readonly redis?: Omit<RedisOptions, 'dataDir'> | undefined
  /** Keeps what started servers hold, in `postgres` and `redis` below it. Left out: temporary folders. */
  readonly dataDir?: string | undefined
  /** Told what takes time, one line each. */
  readonly log?: ((line: string) => void) | undefined
}

export interface Servers {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** One line a server: what it is, and where it came from. Passwords are masked. */
  readonly describe: readonly string[]
  /** The Postgres that was started here, for replicas of it; undefined: the environment named one. */
  readonly postgres: PostgresServer | undefined
  /** Ends what was started here. Servers named by the environment stay as they are. */
  stop(): Promise<void>
}

interface Acquired {
  readonly url: string
  readonly line: string
  stop(): Promise<void>
}

/** Postgres and Redis: those of DATABASE_URL and REDIS_URL, or servers of our own that end with this process. */
export async function acquireServers(options: AcquireOptions = {}): Promise<Servers> {
  const attempts = await Promise.allSettled([acquirePostgres(options), acquireRedis(options)])
  const [postgres, redis] = attempts
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    const acquired = [postgres.value, redis.value]
    return {
      databaseUrl: postgres.value.url,
      redisUrl: redis.value.url,
      postgres: postgres.value.server,
      describe: acquired.map(({ line }) => line),
      stop: () => stopAll(acquired),
    }
  }
  await stopAll(attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : [])))
  throw firstReason(attempts)
}

async function acquirePostgres(
  options: AcquireOptions,
): Promise<Acquired & { readonly server: PostgresServer | undefined }> {
  const { postgres, dataDir } = options
  const given = process.env.DATABASE_URL
  if (given)
    return { server: undefined, url: given, line: await checkDatabaseUrl(given, 'DATABASE_URL'), stop: async () => {} }
  const server = await startPostgres({ ...postgres, dataDir: below(dataDir, 'postgres') })
  const { version, source } = server.binaries
  return {
    server,
    url: server.url,
    line: `Postgres ${version} on port ${server.port} (${source})${keptIn(dataDir, server.dataDir)}`,
    stop: () => server.stop(),
  }
}

async function acquireRedis({ redis, dataDir, log }: AcquireOptions): Promise<Acquired> {
  const given = process.env.REDIS_URL
  if (given) return { url: given, line: await checkRedisUrl(given, 'REDIS_URL'), stop: async () => {} }
  const server = await startRedis({ log, ...redis, dataDir: below(dataDir, 'redis') })
  const { kind, version, source } = server.binary
  const name = kind === 'valkey' ? 'Valkey' : 'Redis'
  return {
    url: server.url,
    line: `${name} ${version} on port ${server.port} (${source})${keptIn(dataDir, server.dataDir)}`,
    stop: () => server.stop(),
  }
}

function below(dataDir: string | undefined, name: string): string | undefined {
  return dataDir === undefined ? undefined : path.join(dataDir, name)
}

function keptIn(dataDir: string | undefined, folder: string): string {
  return dataDir === undefined ? '' : `, data kept in ${folder}`
}

async function stopAll(acquired: readonly Acquired[]): Promise<void> {
  await Promise.all(acquired.map((server) => server.stop()))
}

function firstReason(attempts: readonly PromiseSettledResult<unknown>[]): unknown {
  const failed = attempts.find((attempt) => attempt.status === 'rejected')
  return (failed as PromiseRejectedResult).reason
}
