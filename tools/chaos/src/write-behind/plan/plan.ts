import { createRandom, type Random } from '../../random.js'
import type { Changes, Key, Operation, Past } from '../model/operations.js'
import { drawFault, type Fault, type Mode } from './faults.js'

/** Everything of a run that is drawn from its seed. What remains is when the machine does what. */
export interface Plan {
  readonly seed: number
  readonly mode: Mode
  readonly families: number
  readonly acceptors: number
  readonly workers: number
  /** Writes that one acceptor has under way. */
  readonly inFlight: number
  readonly wide: boolean
  /** Workers write over a Prisma client; else over Postgres' own driver. */
  readonly prismaWorkers: boolean
  readonly appendFsync: 'always' | 'everysec'
  /** Of the workers: how soon another one goes on with what a dead one had in hand. */
  readonly takeoverMs: number
  /** A statement past the queue waits for up to so long before it is sent, so that others come between; 0: never. */
  readonly slowPastMs: number
  /** Of a fence: longer than any client stands still, since a write past the queue is not kept apart after it. */
  readonly leaseMs: number
  /** What is pending in the end goes by itself, not by `$cache.flush`. */
  readonly drainsAlone: boolean
  /** How long a process may take to come to its point. */
  readonly reachedWithinMs: number
  readonly rounds: readonly Round[]
}

export interface Round {
  readonly fault: Fault
  /** At least; more follow until the fault strikes. */
  readonly writes: number
}

export function makePlan(seed: number, mode: Mode | undefined): Plan {
  const random = createRandom(seed)
  const drawn = mode ?? drawMode(random)
  const appendFsync = drawn === 'power' || random.chance(0.15) ? 'everysec' : 'always'
  const wide = drawn === 'points' && random.chance(0.04)
  const abandons = drawn === 'points' && !wide && random.chance(ABANDONS)
  const takeoverMs = random.chance(0.1) ? 6000 : 1500
  const rounds = Array.from({ length: wide ? 2 : drawn === 'points' ? 8 : 4 }, () => ({
    fault: drawFault(random, drawn, { confirms: appendFsync === 'everysec', wide, takeoverMs }),
    writes: 8 + random.below(16),
  }))
  if (abandons) rounds.push(ABANDONED)
  return {
    seed,
    mode: drawn,
    families: 6 + random.below(7),
    acceptors: 2,
    workers: 2,
    inFlight: 2 + random.below(4),
    wide,
    prismaWorkers: random.chance(0.25),
    appendFsync,
    takeoverMs,
    leaseMs: drawn === 'stall' ? 2 * takeoverMs : 4000,
    slowPastMs: random.chance(0.5) ? 20 + random.below(130) : 0,
    reachedWithinMs: 8000,
    drainsAlone: abandons || random.chance(0.5),
    rounds,
  }
}

/** Share of the runs with points. */
const ABANDONS = 0.15
/**
 * What nobody but the sweep finds: a client dies when it was about to make sure of the shard's job, and nobody writes
 * after it.
 */
const ABANDONED: Round = {
  fault: {
    ...{ victim: 'acceptor', how: 'cut', afterMs: 0, forMs: 0 },
    at: { role: 'acceptor', point: 'job.before', nth: 1 },
  },
  writes: 0,
}

function drawMode(random: Random): Mode {
  return random.weighted<Mode>([
    [76, 'points'],
    [8, 'random'],
    [5, 'redis'],
    [4, 'power'],
    [5, 'stall'],
    [2, 'postgres'],
  ])
}

/** Of updates and deletes: written past the queue, while others write the row into it. */
const PAST = 0.12
const WAYS_PAST: readonly (readonly [number, Past])[] = [
  [40, 'where'],
  [25, 'many'],
  [15, 'sql'],
  [20, 'transaction'],
]

/** What the writer believes of the two rows of a family; undefined while nobody knows. */
export type Belief = readonly [boolean | undefined, boolean | undefined]

/**
 * Mostly what can be accepted. What Postgres itself must answer is drawn on purpose now and then; where another writer
 * changes the family meanwhile, it comes of itself.
 */
export function drawOperation(random: Random, number: number, digit: number, belief: Belief): Operation {
  const key: Key = digit > 0 && random.chance(0.15) ? 1 : 0
  const base = { number, key, digit }
  const exists = belief[key]
  const past = random.chance(PAST) ? { past: random.weighted(WAYS_PAST) } : {}
  const upsert = (): Operation => ({ kind: 'upsert', ...base, changes: drawChanges(random) })
  const update = (): Operation => ({ kind: 'update', ...base, ...past, changes: drawChanges(random) })
  if (exists === undefined) return upsert()
  if (random.chance(0.03)) {
    if (!exists) return update()
    return random.chance(0.7) ? { kind: 'move', ...base } : { kind: 'create', ...base }
  }
  if (!exists) return random.chance(0.8) ? { kind: 'create', ...base } : upsert()
  return random.weighted<() => Operation>([
    [64, update],
    [20, upsert],
    [16, () => ({ kind: 'delete', ...base, ...past })],
  ])()
}

/** Sums alone, values alone, and both: they take different ways through a window. */
function drawChanges(random: Random): Changes {
  if (random.chance(0.4)) return random.chance(0.5) ? { add: true } : { add: true, count: true }
  const changes: Changes = {
    ...(random.chance(0.6) ? { push: true } : {}),
    ...(random.chance(0.4) ? { add: true } : {}),
    ...(random.chance(0.2) ? { count: true } : {}),
    ...(random.chance(0.4) ? { last: true } : {}),
  }
  return Object.keys(changes).length > 0 ? changes : { note: true }
}
