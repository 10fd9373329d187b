import { createRandom, type Random } from '../../random.js'
import type { Changes, Key, Operation } from '../model/operations.js'
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
  readonly appendFsync: 'always' | 'everysec'
  /** What is pending in the end goes by itself, not by `$cache.flush`. */
  readonly drainsAlone: boolean
  readonly rounds: readonly Round[]
}

export interface Round {
  readonly fault: Fault
  readonly writes: number
}

export function makePlan(seed: number, mode: Mode | undefined): Plan {
  const random = createRandom(seed)
  const drawn = mode ?? drawMode(random)
  const appendFsync = drawn === 'power' || random.chance(0.15) ? 'everysec' : 'always'
  const wide = drawn === 'points' && random.chance(0.08)
  const rounds = drawn === 'power' || drawn === 'postgres' || drawn === 'redis' ? 2 : 3
  return {
    seed,
    mode: drawn,
    families: 4 + random.below(5),
    acceptors: 2,
    workers: 2,
    inFlight: 2 + random.below(4),
    wide,
    appendFsync,
    drainsAlone: random.chance(0.5),
    rounds: Array.from({ length: rounds }, () => ({
      fault: drawFault(random, drawn, { confirms: appendFsync === 'everysec', wide }),
      writes: 25 + random.below(35),
    })),
  }
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

const KINDS: readonly (readonly [weight: number, kind: Operation['kind']])[] = [
  [12, 'create'],
  [50, 'update'],
  [18, 'upsert'],
  [12, 'delete'],
  [4, 'move'],
]

/** The first write of a family makes a row, so that not every run begins with failures. */
export function drawOperation(random: Random, number: number, digit: number): Operation {
  const kind = digit === 0 ? 'create' : random.weighted(KINDS)
  const key: Key = digit > 0 && random.chance(0.15) ? 1 : 0
  if (kind === 'update' || kind === 'upsert') return { kind, number, key, digit, changes: drawChanges(random) }
  return { kind, number, key, digit }
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
