import { openCachedDatabase } from './cached-database.js'
import type { Database } from './database.js'
import { openPlainDatabase } from './plain-database.js'
import type { StatementCounter } from './statement-counter.js'

/** Where the data is and, for the run with policies, where the cache is. */
export interface Place {
  readonly databaseUrl: string
  readonly cache?: { readonly redisUrl: string; readonly namespace: string; readonly replicaUrl?: string }
}

export interface OpenOptions extends Place {
  readonly connections: number
  readonly statements?: StatementCounter
}

export function openDatabase({ cache, ...options }: OpenOptions): Database {
  return cache ? openCachedDatabase({ ...options, ...cache }) : openPlainDatabase(options)
}
