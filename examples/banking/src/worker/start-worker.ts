import type { PlainClient } from '../db/plain-client.js'

export interface WorkerPlace {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly namespace: string
}

export async function startWorker(_prisma: PlainClient, _place: WorkerPlace): Promise<{ close(): Promise<void> }> {
  return { close: async () => {} }
}
