import { FlagError, positive, whole } from '../cli/flags.js'
import { CLASSES, type ClassName } from './models.js'

export interface ConsistencyFlags {
  readonly classes: readonly ClassName[]
  /** Of one run. */
  readonly seconds: number
  readonly processes: number
  readonly actors: number
  readonly faults: readonly string[]
  /** A guard that is taken out, to see that its absence is found. */
  readonly without: string | undefined
}

export const USAGE = `--only consistency also takes:
  --classes a,b  ${CLASSES.join(', ')} (default: all)
  --seconds n    of one run (default 120)
  --processes n  of clients, 3 to 8 (default 3)
  --actors n     callers at once in each process (default 16)
  --faults a,b   parts of the names of faults, or none (default: all)
  --without a    takes a guard out, and succeeds when that is found; all: each in turn`

export function readConsistencyFlags(own: Readonly<Record<string, string>>): ConsistencyFlags {
  const { classes, seconds, processes, actors, faults, without, ...unknown } = own
  const [stranger] = Object.keys(unknown)
  if (stranger) throw new FlagError(`--${stranger}: there is no such flag\n\n${USAGE}`)
  return {
    classes: classes === undefined ? CLASSES : classes.split(',').map(classOf),
    seconds: positive('seconds', seconds) ?? 120,
    processes: whole('processes', processes, 3, 8) ?? 3,
    actors: whole('actors', actors, 1, 100) ?? 16,
    faults: faults === undefined ? [''] : faults === 'none' ? [] : faults.split(','),
    without,
  }
}

function classOf(text: string): ClassName {
  if (CLASSES.includes(text as ClassName)) return text as ClassName
  throw new FlagError(`--classes ${text}: it is one of ${CLASSES.join(', ')}`)
}
