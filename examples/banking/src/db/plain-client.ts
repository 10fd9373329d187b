import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../generated/prisma/client.js'
import type { StatementCounter } from './statement-counter.js'

export interface ClientOptions {
  readonly databaseUrl: string
  /** Size of the pool, always explicit. */
  readonly connections: number
  readonly statements?: StatementCounter
}

export type PlainClient = PrismaClient

/** Prisma as everybody has it: no cache, a pool of its own. */
export function createPlainClient({ databaseUrl, connections, statements }: ClientOptions): PlainClient {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: connections,
    ...(statements && { Client: statements.Client }),
  })
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 15_000 } })
}
