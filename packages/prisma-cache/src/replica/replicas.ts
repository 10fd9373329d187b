import { isAtOrPast, type Position } from '../protocol/position.js'
import type { Primary } from './primary.js'
import type { Replica } from './replica.js'

export interface Replicas {
  readonly primary: Primary
  readonly all: readonly Replica[]
  /** Is any of them up? Waits for the first look at each. */
  any(): Promise<boolean>
  /**
   * One that was seen at or past `need`, and of what `fits`. Waits for that within its bound where `waits`, unless one
   * wait for what lies before it was in vain already.
   */
  find(need: Position, fits: (position: Position) => boolean, waits: boolean): Promise<Replica | undefined>
  /** Resolves when every one that is up has replayed past `position`, or after `ms`. @returns whether they have */
  applied(position: Position, ms: number): Promise<boolean>
  close(): void
}

export function createReplicas(primary: Primary, all: readonly Replica[], waitMs: number): Replicas {
  let turn = 0
  /** What was waited for in vain, until the replica has got there. */
  const missed = new Map<Replica, Position>()

  const up = () => all.filter((replica) => replica.status() === 'up')

  function lookAll(): void {
    for (const replica of all) replica.look()
  }

  function ready(need: Position, fits: (position: Position) => boolean): Replica | undefined {
    const fit = up().filter((replica) => {
      const known = replica.known()
      return known !== undefined && isAtOrPast(known, need) && fits(known)
    })
    if (fit.length === 0) return undefined
    turn++
    // Of those that have least to do, each in its turn.
    const inTurn = fit.map((_, i) => fit[(i + turn) % fit.length]!)
    return inTurn.reduce((best, replica) => (replica.inFlight() < best.inFlight() ? replica : best))
  }

  function isHopeless(replica: Replica, need: Position): boolean {
    const before = missed.get(replica)
    if (before === undefined) return false
    const known = replica.known()
    if (known && isAtOrPast(known, before)) {
      missed.delete(replica)
      return false
    }
    return isAtOrPast(need, before)
  }

  return {
    primary,
    all,
    async any() {
      await Promise.all(all.map((replica) => replica.ready()))
      lookAll()
      return up().length > 0
    },
    async find(need, fits, waits) {
      const found = ready(need, fits)
      if (found || !waits || waitMs === 0) return found
      const deadline = performance.now() + waitMs
      const worth = up().filter((replica) => !isHopeless(replica, need))
      if (worth.length === 0) return undefined
      primary.flush()
      await new Promise<void>((resolve) => {
        let left = worth.length
        for (const replica of worth) {
          void replica.reaches(need, deadline).then((reached) => {
            if (!reached) missed.set(replica, need)
            if (reached || --left === 0) resolve()
          })
        }
      })
      return ready(need, fits)
    },
    async applied(position, ms) {
      const deadline = performance.now() + ms
      primary.flush()
      const reached = await Promise.all(up().map((replica) => replica.reaches(position, deadline)))
      return reached.every(Boolean)
    },
    close() {
      for (const replica of all) replica.close()
    },
  }
}
