import type { Servers } from '@prisma-cache/servers'
import type { Redis } from 'ioredis'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Peer } from '../peers/peer.js'

export interface Stage {
  readonly servers: Servers
  readonly databaseUrl: string
  readonly namespace: string
  readonly plain: PrismaClient
  /** The same face with the extension on it. */
  readonly cached: PrismaClient
  readonly peers: readonly Peer[]
  /** For the floor: the bare driver. */
  readonly redis: Redis
  /** Rows `row-0` to `row-<rows - 1>` of each model. */
  readonly rows: number
  /** Another client with the extension, of this stage's database, on a Redis of its own where one is given. */
  another(options?: { readonly redisUrl?: string; readonly namespace?: string }): Promise<Cached>
}

/** A client that its case must close. */
export interface Cached {
  readonly prisma: PrismaClient
  close(): Promise<void>
}

export const rowId = ({ rows }: Pick<Stage, 'rows'>, n: number): string => `row-${n % rows}`
