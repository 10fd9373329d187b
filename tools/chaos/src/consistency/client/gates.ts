import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import type { Random } from '../../random.js'
import type { Hold, Point } from './messages.js'

/** The write that is under way: set by whoever makes it, marked by the events that it causes. */
export interface Call {
  /** Its publication could not be made. */
  owed: boolean
}

export const callUnderWay = new AsyncLocalStorage<Call>()

/** `loaded`: between a load and its fill. */
type Place = Point | 'loaded'

/**
 * Holds a process up between the steps of its operations, or ends it there. All of it stands below the product, in the
 * adapter: a statement alone commits by itself, those of a transaction with its COMMIT.
 */
export function createGates(random: Random, dieAt: (point: Point) => never) {
  const holds = new Map<Place, Hold>()
  const holding = new Map<Place, number>()
  let deadly: Point | undefined

  async function pass(point: Place): Promise<void> {
    if (deadly !== undefined && deadly === point) dieAt(deadly)
    const hold = holds.get(point)
    const held = holding.get(point) ?? 0
    if (!hold || held >= (hold.atMost ?? Number.POSITIVE_INFINITY) || !random.chance(hold.probability)) return
    // Most are short, and a few as long as it gets.
    const part = hold.even ? random.below(1000) / 1000 : random.chance(0.15) ? 1 : (random.below(1000) / 1000) ** 3
    holding.set(point, held + 1)
    await new Promise((resolve) => setTimeout(resolve, hold.upToMs * part))
    holding.set(point, holding.get(point)! - 1)
  }

  return {
    pass,
    killAt(point: Point) {
      deadly = point
    },
    hold: (point: Place, hold: Hold) => void holds.set(point, hold),
    adapter: (connectionString: string, max: number): PrismaPg => new GatedPg(pass, { connectionString, max }),
  }
}

export type Gates = ReturnType<typeof createGates>

type Query = Parameters<Awaited<ReturnType<PrismaPg['connect']>>['queryRaw']>[0]
interface Queryable {
  queryRaw(query: Query): Promise<unknown>
  executeRaw(query: Query): Promise<unknown>
}

class GatedPg extends PrismaPg {
  readonly #pass: (point: Place) => Promise<void>

  constructor(pass: (point: Place) => Promise<void>, options: { readonly connectionString: string; max: number }) {
    super(options, { statementNameGenerator: ({ sql }) => nameOf(sql) })
    this.#pass = pass
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    const start = adapter.startTransaction.bind(adapter)
    // Before anything of the connection itself is changed: a transaction begins, and ends, by statements too.
    adapter.startTransaction = async (level) => {
      const transaction = await start(level)
      this.#gate(transaction, false)
      return transaction
    }
    this.#gate(adapter, true)
    return adapter
  }

  #gate(queryable: Queryable, alone: boolean): void {
    for (const name of ['queryRaw', 'executeRaw'] as const) {
      const own = queryable[name].bind(queryable)
      queryable[name] = async (query) => {
        const kind = kindOf(query.sql)
        if (kind === 'write') await this.#pass('fenced')
        else if (kind === 'commit') await this.#pass('stated')
        const done = await own(query)
        if (kind === 'commit' || (kind === 'write' && alone)) await this.#pass('committed')
        else if (kind === 'read' && alone) await this.#pass('loaded')
        return done
      }
    }
  }
}

function kindOf(sql: string): 'read' | 'write' | 'commit' | 'other' {
  if (/^(UPDATE|INSERT|DELETE|WITH)/.test(sql)) return 'write'
  if (sql === 'COMMIT') return 'commit'
  return sql.startsWith('SELECT') && !sql.includes('pg_') ? 'read' : 'other'
}

const names = new Map<string, string>()
/** Postgres parses a statement once a connection. */
function nameOf(sql: string): string {
  let name = names.get(sql)
  if (name === undefined) {
    name = `s${names.size}`
    names.set(sql, name)
  }
  return name
}
