import type { Database } from './database.js'
import type { ClientOptions } from './plain-client.js'
import { openPlainDatabase } from './plain-database.js'

export interface CachedOptions extends ClientOptions {
  readonly redisUrl: string
  readonly namespace: string
}

export async function openCachedDatabase(options: CachedOptions): Promise<Database> {
  return openPlainDatabase(options)
}
