import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import { Prisma } from '../../generated/registers/prisma/client.js'
import type { Random } from '../../random.js'
import type { Point } from './messages.js'

/** The call that is under way: set by whoever makes it, marked by the events that it causes. */
export interface Call {
  readonly writes: boolean
  /** Its publication could not be made. */
  owed: boolean
}

export const callUnderWay = new AsyncLocalStorage<Call>()

/** `loaded`: between a load and its fill. */
type Place = Point | 'loaded'

interface Hold {
  readonly upToMs: number
  readonly probability: number
}

/**
 * Holds a process up between the steps of its operations, or ends it there. All of it stands around the product: an
 * extension that is nearer to the database than the cache, and the adapter's COMMIT.
 */
export function createGates(random: Random, dieAt: (point: Point) => never) {
  const holds = new Map<Place, Hold>()
  let deadly: Point | undefined

  async function pass(point: Place): Promise<void> {
    if (deadly !== undefined && deadly === point) dieAt(deadly)
    const hold = holds.get(point)
    if (!hold || !random.chance(hold.probability)) return
    // Most are short, and a few as long as it gets.
    const part = random.chance(0.15) ? 1 : (random.below(1000) / 1000) ** 3
    await new Promise((resolve) => setTimeout(resolve, hold.upToMs * part))
  }

  return {
    pass,
    killAt(point: Point) {
      deadly = point
    },
    hold: (point: Place, hold: Hold) => void holds.set(point, hold),
    /** A single statement commits by itself. Those of a transaction wait for COMMIT, which the adapter sees. */
    extension: Prisma.defineExtension({
      query: {
        async $allOperations({ operation, args, query }) {
          const reads = READS.test(operation)
          if (!reads) await pass('fenced')
          const result = await query(args)
          await pass(reads ? 'loaded' : 'committed')
          return result
        },
      },
    }),
    adapter: (connectionString: string, max: number): PrismaPg => new GatedPg(pass, { connectionString, max }),
  }
}

export type Gates = ReturnType<typeof createGates>

const READS = /^(find|count|aggregate|groupBy)/

class GatedPg extends PrismaPg {
  readonly #pass: (point: Place) => Promise<void>

  constructor(pass: (point: Place) => Promise<void>, options: { readonly connectionString: string; max: number }) {
    super(options)
    this.#pass = pass
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    const start = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (level) => {
      const transaction = await start(level)
      const execute = transaction.executeRaw.bind(transaction)
      transaction.executeRaw = async (query) => {
        if (query.sql !== 'COMMIT') return await execute(query)
        await this.#pass('stated')
        const done = await execute(query)
        await this.#pass('committed')
        return done
      }
      return transaction
    }
    return adapter
  }
}
