import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { EventBus } from '../events/events.js'
import type { Road } from '../queue/apply/road.js'
import { verifyQueueEpoch } from '../queue/ledger-epoch.js'
import type { Link } from '../store/link.js'
import { hasTakenOver, serverIdentity } from '../store/server-identity.js'
import { flushPolicyOf, writeBehindModels } from './shards.js'

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

const CAME_BACK_EMPTY = 'Redis came back without its queue: what it had accepted and not applied is gone'
const TOOK_OVER =
  'another Redis has taken over: what the one before it had accepted and not replicated is gone, and increments that it had just ' +
  'applied may be applied again'

export function createKnownEpoch(
  link: Link,
  road: Road,
  events: EventBus,
  policies: PolicySet,
  seen: ReadonlyMap<string, Seen>,
): KnownEpoch {
  let known: { generation: number; epoch: Promise<number> } | undefined

  async function verify(): Promise<number> {
    const { redis, keys } = link
    const { epoch, drawn } = await verifyQueueEpoch(redis, keys, road.drawEpoch, await serverIdentity(redis))
    if (drawn === 'missing' && (await road.hasApplied(keys.namespace))) {
      tell(writeBehindModels(policies), CAME_BACK_EMPTY)
    }
    if (drawn === 'other-server' && (await hasTakenOver(redis))) {
      // What is on replicas by the time it is accepted, and sealed, is what the one that takes over has.
      tell(
        writeBehindModels(policies).filter((model) => flushPolicyOf(policies, model).durability.kind !== 'replicated'),
        TOOK_OVER,
      )
    }
    return epoch
  }

  function tell(models: readonly string[], cause: string): void {
    for (const model of models) {
      const last = seen.get(model)
      const known = last ? { pending: last.count, seenMsAgo: Math.round(performance.now() - last.at) } : {}
      events.emit('lost', { model, cause, ...known })
    }
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
