import type { EventBus } from '../events/events.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import type { ReadTerms } from '../planner/read-terms.js'
import type { Stamps } from '../protocol/entry.js'
import { takeLease } from '../store/lease.js'
import type { Link } from '../store/link.js'
import { readAll } from '../store/read-all.js'
import { keepAnswer, type Loaded } from './keep-answer.js'
import type { Before } from './learn.js'

/** An entry that was served and is to be loaded anew. */
export interface Aging {
  readonly plan: RowPlan | AnswerPlan
  readonly operation: string
  readonly terms: ReadTerms
  /** Of the lookup that found the entry: no load that begins now is older. */
  readonly stamps: Stamps
  readonly standing: string
  readonly before: Before
  load(): Promise<Loaded>
}

/** Loads entries anew that are still served: each once at a time, over all processes, and at nobody's expense. */
export function createRefresh(link: Link, events: EventBus): (aging: Aging) => Promise<void> {
  const underway = new Set<string>()

  /** Never rejects. */
  return async function refresh({ load, standing, ...aging }) {
    const { plan, operation, stamps } = aging
    if (underway.has(plan.entry)) return
    underway.add(plan.entry)
    const about = { model: plan.model.name, operation, key: plan.entry }
    // A key of its own, since the entry must stay where it is.
    const lease = await takeLease(link, link.keys.refreshLease(plan.entry), stamps, undefined)
    try {
      if (!lease) return
      // Whoever held the lease before may have done it since this hit.
      const [now] = await readAll(link, [plan.entry])
      if (now !== standing) return await lease.end()
      const loaded = await load()
      await keepAnswer(link, events, { ...aging, loaded, known: standing })
      await lease.end()
      events.emit('refresh', { ...about, outcome: 'loaded' })
    } catch (cause) {
      lease?.abandon() // the database is spared until the lease ends
      events.emit('refresh', { ...about, outcome: 'failed', cause })
    } finally {
      underway.delete(plan.entry)
    }
  }
}
