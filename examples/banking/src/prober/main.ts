import { PRIMARY_POOL } from '../config/pools.js'
import { openDatabase, type Place } from '../db/open-database.js'
import { createPlainClient } from '../db/plain-client.js'
import { serveParent } from '../process/serve-parent.js'
import { type ProberReads, proberMethods } from './methods.js'

/** A second process with a cached client of its own: it knows of the API's writes by Redis and by token only. */
const methods = {
  async start(place: Place): Promise<void> {
    const database = openDatabase({ ...place, connections: PRIMARY_POOL })
    const primary = createPlainClient({ databaseUrl: place.databaseUrl, connections: PRIMARY_POOL })
    Object.assign(methods, proberMethods(database, primary))
    process.on('SIGTERM', async () => {
      await Promise.all([database.close(), primary.$disconnect()])
      process.exit(0)
    })
  },
}

export type ProberMethods = typeof methods & ProberReads

serveParent(methods)
