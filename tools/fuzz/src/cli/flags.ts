import { parseArgs } from 'node:util'
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
}

export class FlagError extends Error {}

export const USAGE = `pnpm fuzz [--seed n] [--ops n] [--minutes n] [--policy name] [--schema name] [--clients n]

  --seed n       where to begin; drawn when left out, and printed
  --ops n        operations of one run (default 500)
  --minutes n    one policy and schema after another, each with the next seed, until the time is over (default: each once)
  --policy name  ${POLICY_MODES.join(', ')}, or all (default all)
  --schema name  ${SUBJECT_NAMES.join(', ')}, or all (default all)
  --clients n    cached clients that take turns, 1 to 5 (default 3)`

export function readFlags(argv: readonly string[]): Flags {
  const { values } = parsed(argv)
  return {
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 31),
    ops: whole('ops', values.ops, 1, 1_000_000) ?? 500,
    minutes: positive('minutes', values.minutes),
    policies: oneOrAll('policy', values.policy ?? 'all', POLICY_MODES),
    schemas: oneOrAll('schema', values.schema ?? 'all', SUBJECT_NAMES),
    clients: whole('clients', values.clients, 1, 5) ?? 3,
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
