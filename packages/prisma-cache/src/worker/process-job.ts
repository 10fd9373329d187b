import { DelayedError, type Job, type Processor, UnrecoverableError } from 'bullmq'
import type { RejectedChange } from '../queue/change.js'
import { type FlushJobData, type FlushQueueData, REJECTED_JOB, SWEEP_JOB } from '../queue/flush-queue.js'
import type { WorkerContext } from './context.js'
import { flushShard } from './flush-shard.js'
import { WaitForNeighbours } from './neighbours.js'
import type { ShardOf } from './shards.js'
import { sweep } from './sweep.js'

export interface FlushFailure extends ShardOf {
  /** Attempts at the shard's job so far. */
  readonly attempts: number
}

export interface JobProcessor {
  readonly process: Processor<FlushQueueData>
  /** Resolves once no job is being processed. */
  readonly idle: () => Promise<void>
}

export function createProcessor(
  context: WorkerContext,
  onError: (error: unknown, at?: FlushFailure) => void,
): JobProcessor {
  const active = new Set<Promise<void>>()

  async function flush(job: Job<FlushQueueData>, token: string | undefined): Promise<void> {
    const { model, shard } = job.data as FlushJobData
    try {
      await flushShard(context, { model, shard })
    } catch (error) {
      if (error instanceof WaitForNeighbours) {
        await job.moveToDelayed(Date.now() + error.delayMs, token)
        throw new DelayedError()
      }
      onError(error, { model, shard, attempts: job.attemptsMade + 1 })
      throw error
    }
  }

  async function run(job: Job<FlushQueueData>, token: string | undefined): Promise<void> {
    switch (job.name) {
      case SWEEP_JOB:
        return await sweep(context)
      case REJECTED_JOB:
        // Fails for good: that is how a rejected write is kept in sight.
        throw new UnrecoverableError((job.data as RejectedChange).error)
      default:
        return await flush(job, token)
    }
  }

  return {
    process(job, token) {
      const running = run(job, token)
      const ended = running.catch(() => {}).finally(() => active.delete(ended))
      active.add(ended)
      return running
    },
    async idle() {
      while (active.size > 0) await Promise.all(active)
    },
  }
}
