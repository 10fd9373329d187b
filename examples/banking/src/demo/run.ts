import { setTimeout as after } from 'node:timers/promises'
import { checkAuditRecords } from '../checks/audit-records.js'
import type { Check } from '../checks/check.js'
import { checkEveryAnswer } from '../checks/every-answer.js'
import { checkHotCounter } from '../checks/hot-counter.js'
import { readMoney, readPrimaryFacts } from '../checks/primary-facts.js'
import { createReadYourWrites } from '../checks/read-your-writes.js'
import { checkSessionWrites } from '../checks/session-writes.js'
import { createStaleReads } from '../checks/stale-reads.js'
import { checkTotalMoney } from '../checks/total-money.js'
import type { DemoFlags } from '../config/flags.js'
import type { Place } from '../db/open-database.js'
import { createPlainClient } from '../db/plain-client.js'
import { addCounts, type StatementCounts } from '../db/statement-counter.js'
import { createLatencyRecorder, type LatencySummary } from '../measure/latency.js'
import type { Measures } from '../measure/measures.js'
import { Books } from '../workload/books.js'
import { hotSpotOf } from '../workload/hot-spot.js'
import { createLookBack } from '../workload/look-back.js'
import { CALL, runClients } from '../workload/run-clients.js'
import { killDuringLoad } from './kill-worker.js'
import { watchPending } from './pending-watch.js'
import type { Stack } from './stack.js'

export interface RunResult {
  readonly seconds: number
  readonly measures: Measures
  /** Whole calls as their clients see them. */
  readonly calls: LatencySummary
  /** Of API and worker. */
  readonly statements: StatementCounts
  /** The most rows that were waiting for their flush at one time, by model. */
  readonly pending: Readonly<Record<string, number>>
  readonly checks: readonly Check[]
}

/** Loads a started stack for a while, measures the middle of it, and holds what the clients were told against Postgres. */
export async function runOnce(stack: Stack, place: Place, flags: DemoFlags): Promise<RunResult> {
  const primary = createPlainClient({ databaseUrl: place.databaseUrl, connections: 2 })
  const books = new Books()
  const recorder = createLatencyRecorder()
  const spot = hotSpotOf(flags.customers)
  const own = createReadYourWrites(stack.api, stack.prober)
  const stale = createStaleReads(books, [stack.api, stack.prober])
  const stop = new AbortController()
  const pending = watchPending(stack.api)
  try {
    const before = await readMoney(primary)
    const load = runClients({
      url: stack.url,
      clients: flags.clients,
      thinkMs: flags.think,
      seed: flags.seed,
      spot,
      books,
      recorder,
      observer: createLookBack(books, spot, own, stale),
      signal: stop.signal,
    })
    // When the clients give up the run is over; it is not waited out.
    const during = <T>(work: Promise<T>) => Promise.race([work, load.then(() => work)])

    await during(after(warmUp(flags.seconds)))
    await Promise.all([stack.api.call('resetMeasures'), stack.resetWorkerStatements()])
    recorder.reset()
    const start = performance.now()
    const killed = flags.killWorker && place.cache ? killDuringLoad(stack, (flags.seconds * 1000) / 2) : undefined
    killed?.catch(() => {}) // reported where it is awaited
    await during(after(flags.seconds * 1000))
    const [measures, workerStatements] = await Promise.all([stack.api.call('measures'), stack.workerStatements()])
    const seconds = (performance.now() - start) / 1000
    const calls = recorder.summarize()[CALL] ?? { count: 0, p50: 0, p99: 0 }

    stop.abort()
    await load
    const kill = await killed
    const mostPending = await pending.stop()
    await stack.api.call('flush')

    const facts = await readPrimaryFacts(primary)
    return {
      seconds,
      measures,
      calls,
      statements: addCounts(measures.statements, workerStatements),
      pending: mostPending,
      checks: [
        checkEveryAnswer(books),
        checkTotalMoney({ before, delta: books.delta, after: facts.money }),
        checkSessionWrites(books.touches, facts.hitsBySession),
        checkAuditRecords(books.callIds, facts.recordsByCall),
        checkHotCounter(books.answered, facts.visits),
        stale.check(),
        await stale.checkAtRest(),
        own.check(),
        ...(kill ? [kill] : []),
      ],
    }
  } finally {
    stop.abort()
    await pending.stop().catch(() => {})
    await primary.$disconnect()
  }
}

/** Compilers and pools get going first; both runs leave it out of their figures. */
const warmUp = (seconds: number): number => Math.min(2000, (seconds * 1000) / 4)
