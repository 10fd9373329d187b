import { Cluster, Redis } from 'ioredis'
import { type Connection, createConnection, type RedisOption } from '../store/connection.js'

export interface WorkerConnections {
  /** Commands fail at once while it is down, and none is sent twice: a worker would rather try its batch again. */
  readonly main: Connection
  /** For BullMQ, which waits for Redis to come back. */
  readonly bull: Redis | Cluster
  close(): Promise<void>
}

/** The worker never shares a connection: a borrowed one is only the model of its own. */
export function createConnections(option: RedisOption, commandTimeoutMs: number): WorkerConnections {
  const main =
    typeof option === 'string' ? createConnection(option, commandTimeoutMs) : modelled(option, commandTimeoutMs)
  const bull = typeof option === 'string' ? new Redis(option, FOR_BULL) : duplicateOf(option, FOR_BULL)
  bull.on('error', () => {}) // BullMQ's own handles report it
  return {
    main,
    bull,
    async close() {
      bull.disconnect()
      await main.close()
    },
  }
}

const FOR_BULL = { maxRetriesPerRequest: null, enableReadyCheck: true, lazyConnect: true }
const FAIL_FAST = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
}

function modelled(option: Redis | Cluster, commandTimeoutMs: number): Connection {
  const redis = duplicateOf(option, { ...FAIL_FAST, commandTimeout: commandTimeoutMs })
  return {
    redis,
    owned: true,
    open() {
      if (redis.status === 'wait' || redis.status === 'end') redis.connect().catch(() => {}) // told by the 'error' event
    },
    close: async () => redis.disconnect(),
  }
}

function duplicateOf(option: Redis | Cluster, own: Record<string, unknown>): Redis | Cluster {
  if (!(option instanceof Cluster)) return option.duplicate(own)
  const { lazyConnect, enableOfflineQueue = true, ...redisOptions } = own
  return option.duplicate([], {
    lazyConnect: lazyConnect as boolean,
    enableOfflineQueue: enableOfflineQueue as boolean,
    redisOptions: { ...option.options.redisOptions, ...redisOptions },
  })
}
