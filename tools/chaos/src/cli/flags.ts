import { parseArgs } from 'node:util'

export const HARNESSES = ['write-behind', 'consistency'] as const
export type HarnessName = (typeof HARNESSES)[number]

export interface Flags {
  readonly only: readonly HarnessName[]
  /** Of the first run; each further run has the next one. */
  readonly seed: number
  /** No run begins after this time. Absent: `runs` decides alone. */
  readonly minutes: number | undefined
  /** Absent where `minutes` decides alone. */
  readonly runs: number | undefined
  /** What only one harness knows; it reads and refuses them itself. */
  readonly own: Readonly<Record<string, string>>
}

export class FlagError extends Error {}

export const USAGE = `pnpm chaos [--only name] [--seed n] [--runs n] [--minutes n] [--<harness flag> value]

  --only name    ${HARNESSES.join(' or ')} (default: each in turn)
  --seed n       of the first run; drawn and printed when left out
  --runs n       runs, each with the next seed (default 20, or no bound with --minutes)
  --minutes n    no run begins after that`

const DEFAULT_RUNS = 20

export function readFlags(argv: readonly string[]): Flags {
  const { only, seed, minutes, runs, ...own } = parsed(argv)
  const time = positive('minutes', minutes)
  return {
    only: harnesses(only),
    seed: whole('seed', seed, 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 31),
    minutes: time,
    runs: whole('runs', runs, 1, 1_000_000) ?? (time === undefined ? DEFAULT_RUNS : undefined),
    own,
  }
}

/** Any `--name value`: which names there are beyond the common ones is each harness's business. */
function parsed(argv: readonly string[]): Record<string, string> {
  const args = argv.filter((arg, i) => !(arg === '--' && i === 0))
  const { tokens } = parseArgs({ args, strict: false, tokens: true, allowPositionals: true })
  const found: Record<string, string> = {}
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (token.kind !== 'option') throw new FlagError(`${args[token.index]}: it belongs to no flag`)
    const next = tokens[i + 1]
    const value = token.value ?? (next?.kind === 'positional' ? next.value : undefined)
    if (value === undefined) throw new FlagError(`${token.rawName}: it needs a value`)
    if (token.value === undefined) i++
    found[token.name] = value
  }
  return found
}

function harnesses(text: string | undefined): readonly HarnessName[] {
  if (text === undefined) return HARNESSES
  if (HARNESSES.includes(text as HarnessName)) return [text as HarnessName]
  throw new FlagError(`--only ${text}: it is one of ${HARNESSES.join(', ')}`)
}

export function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new FlagError(`--${name} ${text}: it is a whole number from ${least} to ${most}`)
}

export function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new FlagError(`--${name} ${text}: it is a number above 0`)
}
