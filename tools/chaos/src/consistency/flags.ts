import { FlagError, positive, whole } from '../cli/flags.js'
import { CLASSES, type ClassName } from './models.js'

export interface ConsistencyFlags {
  readonly classes: readonly ClassName[]
  /** Of one run. */
  readonly seconds: number
  readonly processes: number
  readonly actors: number
  readonly faults: readonly string[]
  /** Is there a standby that reads are answered by? */
  readonly replica: boolean
  /** A guard that is taken out, to see that its absence is found. */
  readonly without: string | undefined
}

export const USAGE = `--only consistency also takes:
  --classes a,b  ${CLASSES.join(', ')} (default: all)
  --seconds n    of one run (default 120)
  --processes n  of clients, 3 to 8 (default 3)
  --actors n     callers at once in each process (default 16)
  --faults a,b   parts of the names of faults, or none (default: all)
  --replica on   off: no standby of Postgres; nor is there one beside a DATABASE_URL
  --without a    takes a guard out, and succeeds when that is found; all: each in turn`

export function readConsistencyFlags(own: Readonly<Record<string, string>>): ConsistencyFlags {
  const { classes, seconds, processes, actors, faults, replica = 'on', without, ...unknown } = own
  const [stranger] = Object.keys(unknown)
  if (stranger) throw new FlagError(`--${stranger}: there is no such flag\n\n${USAGE}`)
  return {
    classes: classes === undefined ? CLASSES : classes.split(',').map(classOf),
    seconds: positive('seconds', seconds) ?? 120,
    processes: whole('processes', processes, 3, 8) ?? 3,
    actors: whole('actors', actors, 1, 100) ?? 16,
    faults: faults === undefined ? [''] : faults === 'none' ? [] : faults.split(','),
    replica: replicaOf(replica),
    without,
  }
}

function classOf(text: string): ClassName {
  if (CLASSES.includes(text as ClassName)) return text as ClassName
  throw new FlagError(`--classes ${text}: it is one of ${CLASSES.join(', ')}`)
}

function replicaOf(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new FlagError(`--replica ${text}: it is on or off`)
}
