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

/** What they take grows with all that Redis holds. */
const WALKS = new Set(['KEYS', 'SCAN', 'FLUSHALL', 'FLUSHDB', 'RANDOMKEY', 'SORT'])

/** Longer than any wait inside Prisma or the cache, also on a machine that has much else to do. */
const STUCK_MS = 300_000

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
    const commands = bench.commands()
    for (const n of commands.values()) counts.commands += n
    const walks = [...commands.keys()].filter((name) => WALKS.has(name))
    if (walks.length > 0) {
      const mismatch = { what: 'commands to Redis', expected: 'none that grows with it', actual: walks.join(', ') }
      failure ??= { index: operations - 1, mismatch }
    }
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
