import { createFlusher } from '../../../src/queue/flusher-over-bull.js'
import type { FlushDatabase } from '../../../src/queue/ledger.js'
import { type FlushWorker, type FlushWorkerOptions, startFlushWorker } from '../../../src/worker/index.js'
import type { FlushBench } from './flush-bench.js'

/** A worker of the bench's namespace, closed with the bench. */
export async function startWorker(bench: FlushBench, options: Partial<FlushWorkerOptions> = {}): Promise<FlushWorker> {
  const worker = await startFlushWorker({
    prisma: bench.prisma as unknown as FlushDatabase,
    policies: bench.policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    ...options,
  })
  bench.onClose(() => worker.close({ deadlineMs: 2000 }))
  return worker
}

export function flusherOf(bench: FlushBench) {
  const flusher = createFlusher({ redis: bench.store, keys: bench.keys, connectionForBull: bench.redisUrl })
  bench.onClose(() => flusher.close())
  return flusher
}
