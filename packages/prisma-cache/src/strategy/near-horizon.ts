import type { Near } from '../store/near/near.js'
import type { CausalSession } from './causal-session.js'

/**
 * What sessions have seen elsewhere than in near copies: in Redis, in the database, in another process. A copy may lag
 * behind that by as much as a push takes, so it is served again only when everything is told that had changed by then.
 */
export interface Horizon {
  /** @param models undefined: nobody knows which */
  saw(session: CausalSession, models: readonly string[] | undefined): void
  /** May copies that hold something of these models be served to the session? */
  isOpen(session: CausalSession, models: readonly string[]): boolean
}

/** Numbers of `Near.ask`, as they stood when it was seen. */
interface Sights {
  all: number
  readonly models: Map<string, number>
}

export function createHorizon(near: Near): Horizon {
  const sights = new WeakMap<CausalSession, Sights>()
  return {
    saw(session, models) {
      const followed = models?.filter((model) => near.follows(model))
      if (followed?.length === 0) return
      const asked = near.ask()
      const seen = sights.get(session) ?? { all: -1, models: new Map<string, number>() }
      sights.set(session, seen)
      if (followed) for (const model of followed) seen.models.set(model, asked)
      else seen.all = asked
    },
    isOpen(session, models) {
      const seen = sights.get(session)
      if (!seen) return true
      const last = Math.max(seen.all, ...models.map((model) => seen.models.get(model) ?? -1))
      return near.isPast(last)
    },
  }
}
