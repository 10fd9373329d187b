import type { PlainClient } from '../db/plain-client.js'

export interface WorkerPlace {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly namespace: string
}

export const startWorker = async (_prisma: PlainClient, _place: WorkerPlace) => ({ close: async () => {} })
