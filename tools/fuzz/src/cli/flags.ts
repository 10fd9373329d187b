import { parseArgs } from 'node:util'
import { plants } from '../plant/plants.js'
import { POLICY_MODES, type PolicyMode } from '../policies.js'
import { SUBJECT_NAMES, type SubjectName } from '../schema/subject.js'

export interface Flags {
  readonly seed: number
  /** Operations of one run. */
  readonly ops: number
  /** Runs follow each other, each with the next seed, until the time is over. Absent: one run of each policy and schema. */
  readonly minutes: number | undefined
  readonly policies: readonly PolicyMode[]
  readonly schemas: readonly SubjectName[]
  readonly clients: number
  /** A guard of the product that was taken out, to see that its fault is found. */
  readonly plant: string | undefined
}

/** A fault is looked for so long, unless it is said. */
const PLANT_MINUTES = 10

export class FlagError extends Error {}

export const USAGE = `pnpm fuzz [--seed n] [--ops n] [--minutes n] [--policy name] [--schema name] [--clients n] [--plant name]

  --seed n       where to begin; drawn when left out, and printed
  --ops n        operations of one run (default 800)
  --minutes n    one policy and schema after another, each with the next seed, until the time is over (default: each once)
  --policy name  ${POLICY_MODES.join(', ')}, or all (default all)
  --schema name  ${SUBJECT_NAMES.join(', ')}, or all (default all)
  --clients n    cached clients that take turns, 1 to 5 (default 3)
  --plant name   takes a guard out of the product and looks for the fault: ${Object.keys(plants).join(', ')}, or all`

export function readFlags(argv: readonly string[]): Flags {
  const { values } = parsed(argv)
  return {
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 31),
    ops: whole('ops', values.ops, 1, 1_000_000) ?? 800,
    minutes: positive('minutes', values.minutes) ?? (values.plant === undefined ? undefined : PLANT_MINUTES),
    policies: oneOrAll('policy', values.policy ?? 'all', POLICY_MODES),
    schemas: oneOrAll('schema', values.schema ?? 'all', SUBJECT_NAMES),
    clients: whole('clients', values.clients, 1, 5) ?? 3,
    plant: values.plant,
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv].filter((arg, i) => !(arg === '--' && i === 0)),
      options: {
        seed: { type: 'string' },
        ops: { type: 'string' },
        minutes: { type: 'string' },
        policy: { type: 'string' },
        schema: { type: 'string' },
        clients: { type: 'string' },
        plant: { type: 'string' },
      },
    })
  } catch (error) {
    throw new FlagError((error as Error).message)
  }
}

function oneOrAll<T extends string>(name: string, text: string, known: readonly T[]): readonly T[] {
  if (text === 'all') return known
  if (known.includes(text as T)) return [text as T]
  throw new FlagError(`--${name} ${text}: it is one of ${known.join(', ')}, all`)
}

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new FlagError(`--${name} ${text}: it is a whole number from ${least} to ${most}`)
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new FlagError(`--${name} ${text}: it is a number above 0`)
}
