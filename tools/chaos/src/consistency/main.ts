import { startPostgres } from '@prisma-cache/servers'
import type { Harness, HarnessOptions } from '../harness.js'
import { startRedisHost } from './faults/redis-host.js'
import { type ConsistencyFlags, readConsistencyFlags } from './flags.js'
import { describeFailure, describeRun } from './run/report.js'
import { runHistories } from './run/run.js'
import { createTotals } from './run/totals.js'

/** Histories of many clients in several processes, under faults, held against what each class promises. */
export const runConsistency: Harness = async (options) => {
  const flags = readConsistencyFlags(options.own)
  const postgres = process.env.DATABASE_URL ? undefined : await startPostgres()
  const redis = await startRedisHost()
  try {
    return await runSeeds({ postgresUrl: process.env.DATABASE_URL ?? postgres!.url, redis }, options, flags)
  } finally {
    await redis.stop()
    await postgres?.stop()
  }
}

async function runSeeds(
  servers: Parameters<typeof runHistories>[0],
  { seed: first, runs = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY, print }: HarnessOptions,
  flags: ConsistencyFlags,
): Promise<boolean> {
  const totals = createTotals()
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
