import { Cluster, Redis } from 'ioredis'
import { PrismaCacheError } from '../errors/cache-error.js'
import { corkWrites } from './cork.js'

/** A URL that the package connects to and closes, or a client that it borrows and leaves open. */
export type RedisOption = string | Redis | Cluster

export interface Connection {
  readonly redis: Redis | Cluster
  readonly owned: boolean
  /** Starts an owned connection that is not yet, or no longer, under way. */
  open(): void
  close(): Promise<void>
}

export interface ClientConnection extends Connection {
  /** Another connection to the same server, not under way yet, which the caller ends. Undefined: there can be none. */
  another(name: string): Redis | undefined
}

export function createConnection(option: RedisOption, commandTimeoutMs: number): ClientConnection {
  if (typeof option !== 'string') {
    if (
      !(option instanceof Redis) &&
      !(option instanceof Cluster) &&
      typeof (option as Redis | undefined)?.evalsha !== 'function'
    ) {
      throw new PrismaCacheError(
        'PC1003',
        '`redis` is neither a URL nor an ioredis client. Pass `redis: process.env.REDIS_URL` or `redis: new Redis(…)`.',
      )
    }
    if (option.options?.keyPrefix) {
      throw new PrismaCacheError(
        'PC1003',
        `the ioredis client has the keyPrefix ${JSON.stringify(option.options.keyPrefix)}, which BullMQ refuses. Make one without it and set \`namespace\` instead.`,
      )
    }
    return {
      redis: option,
      owned: false,
      open() {},
      another: (name) => (option instanceof Cluster ? undefined : anotherOf(option, commandTimeoutMs, name)),
      close: async () => {},
    }
  }
  const redis = new Redis(checkedUrl(option), {
    lazyConnect: true,
    // A command that cannot be sent now fails now: the caller goes to Postgres instead of waiting.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: commandTimeoutMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
  })
  corkWrites(redis)
  let open = false
  return {
    redis,
    owned: true,
    open() {
      if (open) return
      open = true
      redis.connect().catch(() => {}) // told by the 'error' event
    },
    another: (name) => anotherOf(redis, commandTimeoutMs, name),
    async close() {
      if (!open) return
      open = false
      // Between two attempts there is nothing that could end; else only an ended client can be opened again.
      const waits = redis.status === 'reconnecting'
      const ended = new Promise<void>((resolve) => redis.once('end', resolve))
      if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect())
      else redis.disconnect()
      if (!waits) await ended
    },
  }
}

/** A client of another copy of ioredis is known by what it can do. */
function anotherOf(redis: Redis, commandTimeout: number, connectionName: string): Redis | undefined {
  if (typeof redis.duplicate !== 'function') return undefined
  return redis.duplicate({
    connectionName,
    commandTimeout,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: 0,
    // What Redis pushes over the newer protocol the client drops.
    protocol: 2,
  })
}

function checkedUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new PrismaCacheError(
      'PC1003',
      `\`redis\` is not a URL: ${JSON.stringify(text)}. Write it as redis://host:6379.`,
    )
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new PrismaCacheError(
      'PC1003',
      `\`redis\` has the scheme ${url.protocol.slice(0, -1)}. Use redis:// or, over TLS, rediss://.`,
    )
  }
  return text
}
