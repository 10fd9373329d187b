import type { Random } from '../../random.js'

/**
 * `points`: a process is killed at a named point. `random`: at any time. `redis`: Redis is killed, at a point or any
 * time. `power`: so is it, and what was not confirmed to be on disk is gone. `stall`: a process stands still for longer
 * than its lock, and goes on. `postgres`: Postgres stops at once and comes back.
 */
export const MODES = ['points', 'random', 'redis', 'power', 'stall', 'postgres'] as const
export type Mode = (typeof MODES)[number]

export type Role = 'acceptor' | 'worker'

export interface Fault {
  /** Who dies or stands still. */
  readonly victim: Role | 'redis' | 'postgres'
  /** `cut`: what a process is dies at the point, and the process is another one at once; see `child/actor.ts`. */
  readonly how: 'kill' | 'cut' | 'stop'
  /** Where the process is that comes to a point; absent: by time. */
  readonly at?: { readonly role: Role; readonly point: string; readonly nth: number }
  /** By time: ms after the round has begun. */
  readonly afterMs: number
  /** How long a process stands still, or a server is away. */
  readonly forMs: number
}

const MOMENTS = ['before', 'sent', 'after'] as const

/** Steps of an accepted write, in the order of the way. Those in brackets are not on every way. */
const ACCEPTOR_STEPS: readonly (readonly [weight: number, step: string, most: number])[] = [
  [6, 'accept', 12],
  [4, 'job', 3],
  [1, 'direct', 1],
]
const WORKER_STEPS: readonly (readonly [weight: number, step: string, most: number])[] = [
  [4, 'seal', 3],
  [2, 'begin', 3],
  [4, 'ledger', 3],
  [4, 'rows', 4],
  [6, 'commit', 3],
  [2, 'touch', 3],
  [5, 'drop', 3],
  [3, 'done', 3],
  [2, 'record', 1],
  [3, 'reject', 1],
  [1, 'next', 1],
]
/** Only while Redis is not forced to disk at every write. */
const CONFIRMING = { acceptor: [8, 'confirm', 2], worker: [8, 'durable', 2] } as const

/** Of those that end at a named point: the process itself, by SIGKILL. The others are cut off in it. */
const KILLED = 0.2

export interface Ground {
  /** WAITAOF is used. */
  readonly confirms: boolean
  /** One batch of hundreds of rows is on its way. */
  readonly wide: boolean
  /** See `Plan`. */
  readonly takeoverMs: number
}

export function drawFault(random: Random, mode: Mode, ground: Ground): Fault {
  const afterMs = random.below(700)
  switch (mode) {
    case 'points':
      return atPoint(random, ground, random.chance(KILLED) ? 'kill' : 'cut', 0)
    case 'random':
      return { victim: random.chance(0.5) ? 'acceptor' : 'worker', how: 'kill', afterMs, forMs: 0 }
    case 'redis': {
      const forMs = 20 + random.below(400)
      if (random.chance(0.3)) return { victim: 'redis', how: 'kill', afterMs, forMs }
      return { ...atPoint(random, ground, 'kill', forMs), victim: 'redis' }
    }
    case 'power': {
      const forMs = 20 + random.below(400)
      if (random.chance(0.2)) return { victim: 'redis', how: 'kill', afterMs, forMs }
      const at = random.chance(0.7)
        ? ({
            role: 'worker',
            point: random.pick(['commit.after', 'drop.before', 'drop.after', 'durable.before']),
          } as const)
        : ({ role: 'acceptor', point: random.pick(['accept.after', 'confirm.before', 'confirm.after']) } as const)
      return { victim: 'redis', how: 'kill', at: { ...at, nth: 1 + random.below(2) }, afterMs, forMs }
    }
    case 'stall': {
      const long = random.chance(0.7)
      const forMs = long ? ground.takeoverMs * (1.1 + random.below(50) / 100) : 200 + random.below(1500)
      return atPoint(random, ground, 'stop', forMs)
    }
    case 'postgres': {
      const forMs = random.below(500)
      if (random.chance(0.5)) return { victim: 'postgres', how: 'kill', afterMs, forMs }
      const point = `${random.pick(['ledger', 'rows', 'commit'])}.${random.pick(MOMENTS)}`
      return {
        victim: 'postgres',
        how: 'kill',
        at: { role: 'worker', point, nth: 1 + random.below(3) },
        afterMs,
        forMs,
      }
    }
  }
}

function atPoint(random: Random, { confirms, wide }: Ground, how: Fault['how'], forMs: number): Fault {
  if (wide) {
    const point = random.pick(['drop.after', 'drop.sent', 'drop.before'])
    return { victim: 'worker', how, at: { role: 'worker', point, nth: 2 }, afterMs: 0, forMs }
  }
  const role = random.chance(0.35) ? 'acceptor' : 'worker'
  const own = role === 'acceptor' ? ACCEPTOR_STEPS : WORKER_STEPS
  const steps = confirms ? [...own, CONFIRMING[role]] : own
  const [step, most] = random.weighted(steps.map(([weight, step, most]) => [weight, [step, most] as const]))
  return {
    victim: role,
    how,
    at: { role, point: `${step}.${random.pick(MOMENTS)}`, nth: 1 + random.below(most) },
    afterMs: 0,
    forMs,
  }
}
