import type { PolicySet } from 'prisma-cache'
import type { Operation } from '../operation.js'
import type { Models } from '../schema/models.js'
import type { Subject } from '../schema/subject.js'
import { openBench } from './bench.js'
import { addStats, type Counts } from './counts.js'
import { createLockstep } from './lockstep.js'
import type { Mismatch } from './mismatch.js'
import type { Template } from './twins.js'

export interface Setting {
  readonly subject: Subject
  readonly models: Models
  /** Of each client. */
  readonly policies: readonly PolicySet[]
  readonly redisUrl: string
  readonly template: Template
  readonly clients: number
}

export interface RunResult {
  /** Operations performed. */
  readonly operations: number
  readonly reads: number
  /** Reads, beside those, of what stood in the cache at rest; all of them hits. */
  readonly atRest: number
  readonly counts: Counts
  /** The operation that went differently, and how. */
  readonly failure: { readonly index: number; readonly mismatch: Mismatch } | undefined
}

/** Longer than any wait inside Prisma or the cache. */
const STUCK_MS = 90_000

/** Performs a log from its beginning, on twins of its own. `until`: the time after which no operation begins. */
export async function runLog(
  setting: Setting,
  log: readonly Operation[],
  until = Number.POSITIVE_INFINITY,
): Promise<RunResult> {
  const twins = await setting.template.twins()
  const bench = await openBench(twins, setting)
  const lockstep = createLockstep(bench, setting.models, setting.redisUrl)
  try {
    let failure: RunResult['failure']
    let operations = 0
    for (const [index, operation] of log.entries()) {
      if (Date.now() > until) break
      const mismatch = await within(STUCK_MS, lockstep.step(operation))
      operations++
      if (mismatch) {
        failure = { index, mismatch }
        break
      }
    }
    const { counts, reads, atRest } = lockstep
    for (const client of bench.cached) addStats(client, counts)
    return { operations, reads, atRest, counts, failure }
  } finally {
    lockstep.close()
    await bench.close()
    await twins.drop()
  }
}

async function within(ms: number, step: Promise<Mismatch | undefined>): Promise<Mismatch | undefined> {
  let timer: NodeJS.Timeout | undefined
  const stuck = new Promise<Mismatch>((resolve) => {
    timer = setTimeout(() => resolve({ what: 'the operation', expected: 'an end', actual: `none in ${ms} ms` }), ms)
  })
  const failed = (error: unknown): Mismatch => ({
    what: 'the harness itself',
    expected: 'no error',
    actual: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  try {
    return await Promise.race([step.catch(failed), stuck])
  } finally {
    clearTimeout(timer)
  }
}
