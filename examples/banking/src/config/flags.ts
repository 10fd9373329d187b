import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

export interface DemoFlags {
  /** Measured seconds of each of the two runs. */
  readonly seconds: number
  /** Clients that call at once. */
  readonly clients: number
  /** The same seed makes the same clients ask the same questions in the same order. */
  readonly seed: number
  readonly customers: number
  /** Milliseconds that a client waits between an answer and its next call, on average; 0: none. */
  readonly think: number
  /** Leave API and worker running after the report. */
  readonly serve: boolean
  /** Kill the flush worker with SIGKILL in the middle of the policies run and start it again. */
  readonly killWorker: boolean
  /** Adds a streaming replica that replays everything so late (`2s`); undefined: there is none. */
  readonly replicaDelay: string | undefined
  readonly help: boolean
}

export const USAGE = `Usage: pnpm demo [options]

  --seconds <n>        measured seconds of each run (default 8)
  --clients <n>        clients that call at once (default 8)
  --seed <n>           seed of the workload (default 1)
  --customers <n>      customers of the bank, at least 10 (default 10000)
  --think <ms>         pause of a client between two calls, on average (default 0)
  --kill-worker        kill -9 the flush worker during the policies run, then start it again
  --replica-delay <t>  a streaming replica that is so late, such as 2s or 250ms
  --serve              leave API and worker running after the report
  --help               print this`

const OPTIONS = {
  seconds: { type: 'string' },
  clients: { type: 'string' },
  seed: { type: 'string' },
  customers: { type: 'string' },
  think: { type: 'string' },
  'replica-delay': { type: 'string' },
  serve: { type: 'boolean' },
  'kill-worker': { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** Throws {@link UsageError} for anything that the demo would otherwise have to guess. */
export function parseFlags(argv: readonly string[]): DemoFlags {
  const values = parse(argv)
  return {
    seconds: bounded('seconds', values.seconds, { fallback: 8, min: 0.5, max: 600, whole: false }),
    clients: bounded('clients', values.clients, { fallback: 8, min: 1, max: 256, whole: true }),
    seed: bounded('seed', values.seed, { fallback: 1, min: 0, max: 0xffff_ffff, whole: true }),
    customers: bounded('customers', values.customers, { fallback: 10_000, min: 10, max: 1_000_000, whole: true }),
    think: bounded('think', values.think, { fallback: 0, min: 0, max: 60_000, whole: false }),
    serve: values.serve ?? false,
    killWorker: values['kill-worker'] ?? false,
    replicaDelay: delay(values['replica-delay']),
    help: values.help ?? false,
  }
}

function parse(argv: readonly string[]) {
  try {
    // `pnpm demo -- --seconds 2` hands the separator through.
    const args = argv.filter((argument, index) => !(index === 0 && argument === '--'))
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function delay(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{1,6}(ms|s)$/.test(text)) return text
  throw new UsageError(`--replica-delay takes a time such as 2s or 250ms, got "${text}"`)
}

interface Bounds {
  readonly fallback: number
  readonly min: number
  readonly max: number
  readonly whole: boolean
}

function bounded(name: string, text: string | undefined, { fallback, min, max, whole }: Bounds): number {
  if (text === undefined) return fallback
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} takes a ${whole ? 'whole ' : ''}number, got "${text}"`)
  }
  if (value < min || value > max) throw new UsageError(`--${name} takes ${min} to ${max}, got ${text}`)
  return value
}
