import type { Database } from './database.js'
import { type ClientOptions, createPlainClient } from './plain-client.js'

export function openPlainDatabase(options: ClientOptions): Database {
  const client = createPlainClient(options)
  return {
    client,
    causally: async (_token, work) => ({ result: await work() }),
    close: () => client.$disconnect(),
  }
}
