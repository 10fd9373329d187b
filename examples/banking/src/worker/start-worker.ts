import { startFlushWorker } from 'prisma-cache/worker'
import { WORKER_POOL } from '../config/pools.js'
import type { PlainClient } from '../db/plain-client.js'
import { policies } from '../generated/cache/index.js'

export interface WorkerPlace {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly namespace: string
}

export const startWorker = (prisma: PlainClient, { redisUrl, namespace }: WorkerPlace) =>
  startFlushWorker({
    prisma,
    policies,
    redis: redisUrl,
    namespace,
    concurrency: WORKER_POOL,
    // A flush that fails is tried again, and what it could not write stays pending: worth a line, not an end.
    onError: (error) => console.error('flush worker:', error),
  })
