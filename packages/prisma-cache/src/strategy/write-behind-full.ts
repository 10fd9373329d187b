import { PrismaCacheError } from '../errors/cache-error.js'
import type { EventBus } from '../events/events.js'
import type { AcceptPlan } from '../planner/plan-accept.js'
import { shardOf } from '../protocol/keys.js'
import type { Flusher } from '../queue/flusher.js'

/** What is done about a stock of pending rows that grows to its bound. */
export interface Fullness {
  /** Tells of a stock that comes near its bound, once until it has gone down again. */
  accepted(plan: AcceptPlan, stock: number): void
  /**
   * The row has no room. Resolves to whether it may be tried again; if not, Prisma must do it.
   *
   * @param sequence what must be applied for there to be room
   * @param since when the write came, by `performance.now()`
   * @throws PrismaCacheError PC1307
   */
  refused(plan: AcceptPlan, sequence: number, since: number): Promise<'again' | 'direct'>
}

const NEAR = 0.8
const FAR = 0.5

export function createFullness(flusher: Pick<Flusher, 'waitFor'>, events: EventBus, waitMs: number): Fullness {
  const near = new Set<string>()
  const full = new Set<string>()

  function tell({ model, bound, onFull }: AcceptPlan, stock: number, told: Set<string>): void {
    if (told.has(model)) return
    told.add(model)
    events.emit('stock', { model, state: told === full ? 'full' : 'filling', rows: stock, bound, onFull })
  }

  return {
    accepted(plan, stock) {
      if (stock >= plan.bound * NEAR) return tell(plan, stock, near)
      if (stock > plan.bound * FAR) return
      near.delete(plan.model)
      full.delete(plan.model)
    },
    async refused(plan, sequence, since) {
      tell(plan, plan.bound, full)
      if (plan.onFull === 'writeThrough') return 'direct'
      if (plan.onFull === 'reject') throw tooMuchPending(plan, 'nothing is waited for (`onFull: reject`)')
      const left = waitMs - (performance.now() - since)
      const room = left > 0 && (await flusher.waitFor(plan.model, shardOf(plan.row), sequence, left))
      if (!room) throw tooMuchPending(plan, `there was no room within ${waitMs} ms (\`onFull: block\`)`)
      return 'again'
    },
  }
}

function tooMuchPending({ model, bound }: AcceptPlan, why: string): PrismaCacheError {
  return new PrismaCacheError(
    'PC1307',
    `the write to ${model} was not accepted: ${bound} rows or more of its shard are pending, the share of one shard of ` +
      `\`maxPending\`, and ${why}. Nothing was changed; see that the flush worker runs and keeps up, then try again.`,
  )
}
