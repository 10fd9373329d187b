import { parseArgs } from 'node:util'
import { POLICY_MODES, type PolicyMode } from '../policies.js'

export interface Flags {
  readonly seed: number
  /** Operations of one run. */
  readonly ops: number
  /** Runs follow each other, each with the next seed, until the time is over. Absent: one run of each policy. */
  readonly minutes: number | undefined
  readonly policies: readonly PolicyMode[]
  readonly clients: number
}

export class FlagError extends Error {}

export const USAGE = `pnpm fuzz [--seed n] [--ops n] [--minutes n] [--policy name] [--clients n]

  --seed n       where to begin; drawn and printed when left out
  --ops n        operations of one run (default 500)
  --minutes n    runs with the next seeds until the time is over (default: one run)
  --policy name  ${POLICY_MODES.join(', ')}, or all (default mixed)
  --clients n    cached clients that take turns, 1 to 5 (default 3)`

export function readFlags(argv: readonly string[]): Flags {
  const { values } = parsed(argv)
  const policy = values.policy ?? 'mixed'
  if (policy !== 'all' && !POLICY_MODES.includes(policy as PolicyMode)) {
    throw new FlagError(`--policy ${policy}: it is one of ${POLICY_MODES.join(', ')}, all`)
  }
  return {
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 31),
    ops: whole('ops', values.ops, 1, 1_000_000) ?? 500,
    minutes: positive('minutes', values.minutes),
    policies: policy === 'all' ? POLICY_MODES : [policy as PolicyMode],
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
        clients: { type: 'string' },
      },
    })
  } catch (error) {
    throw new FlagError((error as Error).message)
  }
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
