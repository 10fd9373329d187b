import { startPostgres } from '@prisma-cache/servers'
import type { Harness, HarnessOptions } from '../harness.js'
import { startRedisHost } from './faults/redis-host.js'
import { startReplicaHost } from './faults/replica-host.js'
import { type ConsistencyFlags, readConsistencyFlags } from './flags.js'
import type { Guard } from './guards/guards.js'
import { findAbsence, guardsOf } from './guards/without.js'
import { describeFailure, describeRun } from './run/report.js'
import { runHistories, type Servers } from './run/run.js'
import { createTotals } from './run/totals.js'

/** Histories of many clients in several processes, under faults, held against what each class promises. */
export const runConsistency: Harness = async (options) => {
  const flags = readConsistencyFlags(options.own)
  const postgres = process.env.DATABASE_URL ? undefined : await startPostgres()
  const redis = await startRedisHost()
  // Only a server of our own can be copied.
  const replica = postgres && flags.replica ? await startReplicaHost(postgres) : undefined
  try {
    return await runSeeds({ postgresUrl: postgres?.url ?? process.env.DATABASE_URL!, redis, replica }, options, flags)
  } finally {
    await redis.stop()
    await replica?.stop()
    await postgres?.stop()
  }
}

async function runSeeds(
  servers: Servers,
  { seed: first, runs = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY, print }: HarnessOptions,
  flags: ConsistencyFlags,
): Promise<boolean> {
  const totals = createTotals()
  if (flags.without !== undefined) return await runWithout(servers, guardsOf(flags.without), flags, first, print)
  try {
    for (let seed = first; seed < first + runs && Date.now() < until; seed++) {
      const result = await runHistories(servers, { ...flags, seed })
      totals.add(result)
      print(describeRun(seed, result))
      const failure = describeFailure(seed, result)
      if (failure) {
        print(failure)
        return false
      }
    }
    return true
  } finally {
    for (const line of totals.lines()) print(line)
  }
}

/** @returns whether each absence was found within what is stated */
async function runWithout(
  servers: Servers,
  guards: readonly Guard[],
  flags: ConsistencyFlags,
  seed: number,
  print: HarnessOptions['print'],
): Promise<boolean> {
  let all = true
  for (const guard of guards) {
    const found = await findAbsence(servers, guard, flags, seed)
    if (found.kind === 'found')
      print(
        `without ${guard.name}: found after ${found.operations} operations, ${found.seconds.toFixed(0)} s\n${found.shown}`,
      )
    else if (found.kind === 'missed')
      print(`without ${guard.name}: NOT FOUND in ${found.operations} operations, ${found.seconds.toFixed(0)} s`)
    else print(`without ${guard.name}: BROKEN, ${found.what}`)
    if (found.kind !== 'found') all = false
  }
  return all
}
