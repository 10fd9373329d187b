import { acquireServers } from '@prisma-cache/servers'
import { FlagError, type Flags, readFlags, USAGE } from './cli/flags.js'
import { describeMismatch, type Fuzz, openFuzz, type Round } from './fuzz.js'
import type { RunResult } from './perform/run-log.js'
import { printRegression } from './report/print.js'
import { createTotals } from './report/totals.js'
import type { SubjectName } from './schema/subject.js'
import { subjectOf } from './schema/subjects.js'

const SHRINK_MS = 180_000
/** A run in which fewer of the reads are hits shows too little. */
const LEAST_HITS = 1 / 3

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await runWith(readFlags(argv))
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    return 2
  }
}

async function runWith(flags: Flags): Promise<number> {
  // Small bounds are drawn on purpose, and each would warn.
  process.removeAllListeners('warning')
  const servers = await acquireServers({ log: console.log })
  const { databaseUrl, redisUrl } = servers
  const opened: Fuzz[] = []
  const open = async (name: SubjectName) => {
    const fuzz = await openFuzz({ subject: await subjectOf(name), databaseUrl, redisUrl, clients: flags.clients })
    opened.push(fuzz)
    return [name, fuzz] as const
  }
  try {
    for (const line of servers.describe) console.log(line)
    return await runRounds(new Map(await Promise.all(flags.schemas.map(open))), flags)
  } finally {
    for (const fuzz of opened) await fuzz.close()
    await servers.stop()
  }
}

async function runRounds(fuzzes: ReadonlyMap<SubjectName, Fuzz>, flags: Flags): Promise<number> {
  const totals = createTotals()
  const until = flags.minutes === undefined ? undefined : Date.now() + flags.minutes * 60_000
  try {
    for (const { schema, ...round } of roundsOf(flags, until)) {
      const fuzz = fuzzes.get(schema)!
      const log = fuzz.generate(round, flags.ops)
      const result = await fuzz.run(round, log, until)
      totals.add(round.mode, result)
      if (!flags.plant)
        console.log(`seed ${round.seed}, policy ${round.mode}, schema ${schema}: ${result.operations} operations`)
      if (result.failure && flags.plant) {
        const { seed, mode } = round
        const where = `seed ${seed}, policy ${mode}, schema ${schema}, operation ${result.failure.index}`
        console.log(`planted ${flags.plant}: found after ${totals.operations()} operations (${where})`)
        console.log(describeMismatch(result.failure.mismatch))
        return 0
      }
      if (result.failure) {
        await reportFailure(fuzz, { ...round, schema }, flags, log, result.failure)
        return 1
      }
    }
    if (flags.plant) {
      console.log(`planted ${flags.plant}: NOT FOUND in ${totals.operations()} operations`)
      return 1
    }
    if (totals.hitRatio() >= LEAST_HITS) return 0
    console.log('TOO FEW HITS: of the reads at least a third must be, or there is little that could be stale')
    return 1
  } finally {
    for (const line of flags.plant ? [] : totals.lines()) console.log(line)
  }
}

/** One run of each policy and schema; with a time: ever new pairs of them, each with the next seed. */
function* roundsOf(flags: Flags, until: number | undefined): Generator<Round & { readonly schema: SubjectName }> {
  const { policies, schemas, seed } = flags
  const pairs = policies.length * schemas.length
  for (let n = 0; until === undefined ? n < pairs : Date.now() < until; n++) {
    // Neighbours differ in both; which pair is the first depends on the seed.
    const at = until === undefined ? n : n + (seed % pairs)
    const mode = policies[at % policies.length]!
    const schema = schemas[(at + Math.floor(at / policies.length)) % schemas.length]!
    yield { seed: until === undefined ? seed : seed + n, mode, schema }
  }
}

async function reportFailure(
  fuzz: Fuzz,
  round: Round & { readonly schema: SubjectName },
  { ops, clients }: Flags,
  log: ReturnType<Fuzz['generate']>,
  failure: NonNullable<RunResult['failure']>,
): Promise<void> {
  console.log(`\nMISMATCH after ${failure.index + 1} operations: ${describeMismatch(failure.mismatch)}`)
  console.log(
    `again: pnpm fuzz --seed ${round.seed} --policy ${round.mode} --schema ${round.schema} --ops ${ops} --clients ${clients}`,
  )
  console.log('shrinking …')
  const shortest = await fuzz.shrink(round, log.slice(0, failure.index + 1), Date.now() + SHRINK_MS)
  const last = await fuzz.run(round, shortest)
  if (last.failure) console.log(`\n${describeMismatch(last.failure.mismatch)}`)
  else console.log('\nthe shortened log went wrong before and now did not: the difference is one of timing')
  console.log(`\nas a regression:\n${printRegression(shortest, round)}\n`)
}
