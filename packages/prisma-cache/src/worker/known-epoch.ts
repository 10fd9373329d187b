import type { EventBus } from '../events/events.js'
import { LEDGER_TABLE, type RawQueries } from '../queue/ledger.js'
import { verifyQueueEpoch } from '../queue/ledger-epoch.js'
import type { Link } from '../store/link.js'
import { serverIdentity } from '../store/server-identity.js'

/** The queue's epoch as compared with the server that this connection leads to. */
export interface KnownEpoch {
  /** Compares once a connection; later calls are immediate until it is lost. */
  get(): Promise<number>
  /** Compares again at the next call. */
  forget(): void
}

/** Rows of a model that were pending when this worker last looked. */
export interface Seen {
  readonly count: number
  /** By `performance.now()`. */
  readonly at: number
}

export function createKnownEpoch(
  link: Link,
  database: RawQueries,
  events: EventBus,
  models: readonly string[],
  seen: ReadonlyMap<string, Seen>,
): KnownEpoch {
  let known: { generation: number; epoch: Promise<number> } | undefined

  async function verify(): Promise<number> {
    const { redis, keys } = link
    const { epoch, drawn } = await verifyQueueEpoch(redis, keys, database, await serverIdentity(redis))
    if (drawn === 'missing' && (await hasApplied(database, keys.namespace))) {
      const cause = 'Redis came back without its queue: what it had accepted and not applied is gone'
      for (const model of models) {
        const last = seen.get(model)
        const known = last ? { pending: last.count, seenMsAgo: Math.round(performance.now() - last.at) } : {}
        events.emit('lost', { model, cause, ...known })
      }
    }
    return epoch
  }

  return {
    get() {
      const generation = link.generation()
      if (known?.generation !== generation) {
        const mine = { generation, epoch: verify() }
        mine.epoch.catch(() => {
          if (known === mine) known = undefined
        })
        known = mine
      }
      return known.epoch
    },
    forget() {
      known = undefined
    },
  }
}

async function hasApplied(database: RawQueries, namespace: string): Promise<boolean> {
  const rows = await database.$queryRawUnsafe<unknown[]>(
    `SELECT 1 AS one FROM ${LEDGER_TABLE} WHERE starts_with(shard, $1) LIMIT 1`,
    `${namespace}:`,
  )
  return rows.length > 0
}
