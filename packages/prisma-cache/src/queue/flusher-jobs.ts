import { Queue } from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import type { Keys } from '../protocol/keys.js'
import {
  deduplicationId,
  FLUSH_JOB,
  FLUSH_QUEUE,
  type FlushQueueData,
  flushJobOptions,
  queueOptions,
} from './flush-queue.js'

/** The client's hand on the queue. Connects on first use. */
export interface FlushJobs {
  /** Makes sure of the shard's job; `urgent` brings it forward where it waits. */
  ensure(model: string, shard: number, delayMs: number, urgent?: boolean): Promise<void>
  /** Workers that are connected to the queue; undefined where Redis does not tell. */
  countWorkers(): Promise<number | undefined>
  /** What the last attempt at the shard failed with. */
  lastFailure(model: string, shard: number): Promise<string | undefined>
  close(): Promise<void>
}

/** @param server a URL, or a client of which a connection for BullMQ alone is made; `close` ends it */
export function createFlushJobs(keys: Keys, server: string | Redis | Cluster): FlushJobs {
  let opened: { queue: Queue<FlushQueueData>; connection: Redis | Cluster } | undefined
  let closed = false

  function open(): Queue<FlushQueueData> {
    if (closed) throw new Error('the flusher is closed')
    if (!opened) {
      const connection = connectTo(server)
      connection.on('error', () => {}) // told by the command that fails
      const queue = new Queue<FlushQueueData>(FLUSH_QUEUE, {
        ...queueOptions(keys, connection),
        skipWaitingForReady: true,
      })
      queue.on('error', () => {})
      opened = { queue, connection }
    }
    return opened.queue
  }

  return {
    async ensure(model, shard, delayMs, urgent = false) {
      await open().add(FLUSH_JOB, { model, shard }, flushJobOptions(model, shard, delayMs, urgent))
    },
    async countWorkers() {
      return await open()
        .getWorkersCount()
        .catch(() => undefined)
    },
    async lastFailure(model, shard) {
      const queue = open()
      const id = await queue.getDeduplicationJobId(deduplicationId(model, shard))
      const job = id ? await queue.getJob(id) : undefined
      return job?.failedReason || undefined
    },
    async close() {
      closed = true
      if (!opened) return
      const { queue, connection } = opened
      opened = undefined
      await queue.close().catch(() => {})
      connection.disconnect()
    },
  }
}

/** A job that cannot be added now is not waited for: whoever wants it asks again, or the sweep finds the shard. */
const OWN = { lazyConnect: true, enableOfflineQueue: true, maxRetriesPerRequest: 1, commandTimeout: 5000 }

function connectTo(server: string | Redis | Cluster): Redis | Cluster {
  if (typeof server === 'string') return new Redis(server, OWN)
  if (!(server instanceof Cluster)) return server.duplicate(OWN)
  const { lazyConnect, enableOfflineQueue, ...redisOptions } = OWN
  return server.duplicate([], {
    lazyConnect,
    enableOfflineQueue,
    redisOptions: { ...server.options.redisOptions, ...redisOptions },
  })
}
