import { ServersError, startPostgres } from '@prisma-cache/servers'
import { FlagError, whole } from '../cli/flags.js'
import type { Harness, HarnessOptions } from '../harness.js'
import { MODES, type Mode } from './plan/faults.js'
import { makePlan } from './plan/plan.js'
import { childEnvironment } from './plant/child-environment.js'
import { PLANTS } from './plant/plants.js'
import { createTotals, type Totals } from './report/totals.js'
import { createGround, type Ground } from './run/ground.js'
import { createPool, type Pool } from './run/pool.js'
import { type RunResult, runPlan } from './run/run-plan.js'

interface OwnFlags {
  readonly mode: Mode | undefined
  readonly lanes: number
  /** Stops after as many faults have struck. */
  readonly crashes: number | undefined
  /** A fault on purpose, which is to be found. */
  readonly plant: string | undefined
  /** Of the workers. */
  readonly road: 'sql' | 'prisma'
}

const DEFAULT_LANES = 4
/** Of one lane. */
const MOST_TROUBLES = 20

export const runWriteBehind: Harness = async (options) => {
  const flags = readOwn(options.own)
  const postgres = await startPostgres()
  const pool = createPool(Math.min(flags.lanes, 3), ...childEnvironment(flags.plant))
  const totals = createTotals()
  const started = performance.now()
  try {
    const found = { fault: false }
    const next = seeds(options, flags, totals, found)
    const lanes = Array.from({ length: flags.lanes }, () =>
      lane(options, flags, postgres.url, pool, totals, next, found),
    )
    return (await Promise.all(lanes)).every(Boolean)
  } finally {
    for (const line of totals.lines()) options.print(line)
    options.print(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`)
    await pool.close()
    await postgres.stop()
  }
}

/** One run after another, on servers of its own. */
async function lane(
  { print }: HarnessOptions,
  flags: OwnFlags,
  postgresUrl: string,
  pool: Pool,
  totals: Totals,
  next: () => number | undefined,
  found: { fault: boolean },
): Promise<boolean> {
  const grounds = new Map<'kept' | 'stopped', Ground>()
  const groundOf = async (mode: Mode) => {
    const kind = mode === 'postgres' ? 'stopped' : 'kept'
    const ground = grounds.get(kind) ?? (await createGround(kind === 'kept' ? postgresUrl : undefined))
    grounds.set(kind, ground)
    return ground
  }
  const leave = async () => {
    for (const ground of grounds.values()) await ground.close()
    grounds.clear()
  }
  let troubles = 0
  try {
    for (let seed = next(); seed !== undefined; seed = next()) {
      const plan = makePlan(seed, flags.mode)
      let result: RunResult
      try {
        result = await runPlan(plan, await groundOf(plan.mode), pool, flags.road)
      } catch (error) {
        // A machine that is too busy to start a server says nothing of what is tried.
        if (!(error instanceof ServersError) || ++troubles > MOST_TROUBLES) throw error
        print(`seed ${seed} does not count: ${error.message.split('\n')[0]}`)
        await leave()
        continue
      }
      totals.add(result)
      print(describe(seed, plan.mode, result))
      if (result.faults.length === 0) continue
      found.fault = true
      report(print, seed, flags, result, totals.struck())
      return false
    }
    return true
  } finally {
    await leave()
  }
}

/** The next seed, as long as there is time and nothing was found. */
function seeds(
  { seed, until, runs }: HarnessOptions,
  { crashes }: OwnFlags,
  totals: Totals,
  found: { readonly fault: boolean },
): () => number | undefined {
  let given = 0
  return () => {
    if (found.fault) return undefined
    if (runs !== undefined && given >= runs) return undefined
    if (until !== undefined && Date.now() > until) return undefined
    if (crashes !== undefined && totals.struck() >= crashes) return undefined
    return seed + given++
  }
}

function describe(seed: number, mode: Mode, { struck, writes, faults }: RunResult): string {
  const where = struck.map(({ fault, struck }) => {
    const at = fault.at ? `${fault.at.point} ${fault.at.nth}` : `${fault.afterMs} ms`
    return `${struck ? '' : 'not '}${fault.victim} at ${at}`
  })
  const wrong = faults.length > 0 ? `; ${faults.length} FAULTS` : ''
  return `seed ${seed}, ${mode}: ${where.join(', ')}; ${writes.acknowledged} acknowledged, ${writes.unknown} unknown${wrong}`
}

function report(
  print: (line: string) => void,
  seed: number,
  { mode, plant, road }: OwnFlags,
  { faults, history }: RunResult,
  struck: number,
): void {
  print(`\nFAULTS with seed ${seed}, after ${struck} that were injected${plant ? ` (planted: ${plant})` : ''}:`)
  for (const { kind, text } of faults) print(`  ${kind}: ${text}`)
  print(
    `again: pnpm chaos --only write-behind --seed ${seed} --runs 1${mode ? ` --mode ${mode}` : ''}${plant ? ` --plant ${plant}` : ''}${road === 'prisma' ? ' --road prisma' : ''}\nhistory:`,
  )
  for (const line of history) print(`  ${line}`)
}

function readOwn({ mode, lanes, crashes, plant, road = 'sql', ...other }: HarnessOptions['own']): OwnFlags {
  const unknown = Object.keys(other)[0]
  if (unknown !== undefined) throw new FlagError(`--${unknown}: no such flag`)
  if (mode !== undefined && !MODES.includes(mode as Mode)) {
    throw new FlagError(`--mode ${mode}: it is one of ${MODES.join(', ')}`)
  }
  if (plant !== undefined && !(plant in PLANTS)) {
    throw new FlagError(`--plant ${plant}: it is one of ${Object.keys(PLANTS).join(', ')}`)
  }
  if (road !== 'sql' && road !== 'prisma') throw new FlagError(`--road ${road}: it is sql or prisma`)
  return {
    mode: mode as Mode | undefined,
    lanes: whole('lanes', lanes, 1, 64) ?? DEFAULT_LANES,
    crashes: whole('crashes', crashes, 1, 1_000_000),
    plant,
    road,
  }
}
