import type { ApiMethods } from '../api/main.js'
import type { Place } from '../db/open-database.js'
import { addCounts, type StatementCounts } from '../db/statement-counter.js'
import type { ProberMethods } from '../prober/main.js'
import { type Child, startChild } from '../process/child.js'
import type { WorkerMethods } from '../worker/main.js'

/** The processes of one run. */
export interface Stack {
  readonly url: string
  readonly api: Child<ApiMethods>
  readonly prober: Child<ProberMethods>
  resetWorkerStatements(): Promise<void>
  /** What the worker, or the workers one after the other, have sent to Postgres. */
  workerStatements(): Promise<StatementCounts>
  /** Kills the worker and starts another. */
  replaceWorker(): Promise<{ readonly pid: number; readonly downMs: number }>
  stop(): Promise<void>
}

/** API and second process; with a cache also the flush worker. */
export async function startStack(place: Place): Promise<Stack> {
  const api = startChild<ApiMethods>('API', new URL('../api/main.js', import.meta.url))
  const prober = startChild<ProberMethods>('second process', new URL('../prober/main.js', import.meta.url))
  let worker = startWorker()
  // Of workers that are gone, as far as they had told.
  let earlier: StatementCounts = {}

  function startWorker(): Child<WorkerMethods> | undefined {
    return place.cache && startChild<WorkerMethods>('flush worker', new URL('../worker/main.js', import.meta.url))
  }
  const start = async (child: Child<WorkerMethods> | undefined) => {
    if (child && place.cache) await child.call('start', { databaseUrl: place.databaseUrl, ...place.cache })
  }
  const stop = async () => {
    // The API first: whatever it still accepts while it ends, the worker is there to flush.
    await Promise.all([api.stop(), prober.stop()])
    await worker?.stop()
  }

  try {
    const [{ url }] = await Promise.all([api.call('start', place), prober.call('start', place), start(worker)])
    return {
      url,
      api,
      prober,
      stop,
      async resetWorkerStatements() {
        earlier = {}
        await worker?.call('resetMeasures')
      },
      workerStatements: async () => addCounts(earlier, (await worker?.call('statements')) ?? {}),
      async replaceWorker() {
        if (!worker) throw new Error('no worker in this run')
        const { pid } = worker
        earlier = addCounts(earlier, await worker.call('statements'))
        const killed = performance.now()
        await worker.kill()
        worker = startWorker()
        await start(worker)
        return { pid, downMs: performance.now() - killed }
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
