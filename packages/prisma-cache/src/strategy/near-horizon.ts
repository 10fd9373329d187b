import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { Near } from '../store/near/near.js'
import type { CausalSession } from './causal-session.js'

/**
 * What sessions have seen elsewhere than in near copies: in Redis, in the database, in another process. A copy may lag
 * behind that by as much as a push takes, so it is served again only when everything is told that had changed by then.
 */
export interface Horizon {
  /**
   * @param models undefined: nobody knows which
   * @param asked number of `Near.ask`, when it was there to be seen; left out: now
   */
  saw(session: CausalSession, models: readonly string[] | undefined, asked?: number): void
  /** The session comes from another process, where it may have written. */
  resumed(session: CausalSession): void
  /**
   * May copies that hold something of these models be served to the session? `eventual` may go back behind what it has
   * seen, but not behind what it has written.
   */
  isOpen(session: CausalSession, models: readonly string[], consistency: ConsistencyClass): boolean
}

/** Numbers of `Near.ask`, as they stood when it was seen. */
interface Sights {
  resumed: number
  all: number
  readonly models: Map<string, number>
}

export function createHorizon(near: Near): Horizon {
  const sights = new WeakMap<CausalSession, Sights>()

  function of(session: CausalSession): Sights {
    const known = sights.get(session)
    if (known) return known
    const none = { resumed: -1, all: -1, models: new Map<string, number>() }
    sights.set(session, none)
    return none
  }

  return {
    saw(session, models, at) {
      const followed = models?.filter((model) => near.follows(model))
      if (followed?.length === 0) return
      const asked = at ?? near.ask()
      const seen = of(session)
      if (!followed) seen.all = Math.max(seen.all, asked)
      else for (const model of followed) seen.models.set(model, Math.max(seen.models.get(model) ?? -1, asked))
    },
    resumed(session) {
      of(session).resumed = near.ask()
    },
    isOpen(session, models, consistency) {
      const seen = sights.get(session)
      if (!seen) return true
      if (consistency === 'eventual') return near.isPast(seen.resumed)
      return near.isPast(Math.max(seen.resumed, seen.all, ...models.map((model) => seen.models.get(model) ?? -1)))
    },
  }
}
