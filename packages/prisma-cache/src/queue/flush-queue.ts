import type { BackoffStrategy, ConnectionOptions, JobsOptions } from 'bullmq'
import type { Keys } from '../protocol/keys.js'
import type { RejectedChange } from './change.js'

/** The only place that knows how the queue's jobs are named and what their options mean. */
export const FLUSH_QUEUE = 'flush'

export const FLUSH_JOB = 'flush'
export const REJECTED_JOB = 'rejected'
export const SWEEP_JOB = 'sweep'

export interface FlushJobData {
  readonly model: string
  readonly shard: number
}

/** A job of this queue: a shard to flush, a rejected write that is kept to be seen, or the sweep (no data). */
export type FlushQueueData = FlushJobData | RejectedChange | Record<string, never>

export function queueOptions(
  keys: Keys,
  connection: ConnectionOptions,
): { connection: ConnectionOptions; prefix: string } {
  return { connection, prefix: keys.bullPrefix }
}

export function deduplicationId(model: string, shard: number): string {
  return `${model}.${shard}`
}

/** Nothing is dropped, ever: a shard that cannot be flushed is tried for as long as it takes. */
const ATTEMPTS = 1_000_000_000

/**
 * At most one job of a shard waits and one runs. What is added while one runs becomes the next one when it ends.
 *
 * @param urgent brings the job forward where one waits for its window or for its next attempt
 */
export function flushJobOptions(model: string, shard: number, delayMs: number, urgent = false): JobsOptions {
  return {
    delay: Math.max(0, Math.ceil(delayMs)),
    deduplication: {
      id: deduplicationId(model, shard),
      keepLastIfActive: true,
      ...(urgent ? { reschedule: true } : {}),
    },
    attempts: ATTEMPTS,
    backoff: { type: 'flush' },
    removeOnComplete: true,
    removeOnFail: 100,
    stackTraceLimit: 3,
  }
}

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 15_000

/** Doubles up to a bound that a recovered database is worth asking at; spread, so that shards do not come all at once. */
export const flushBackoff: BackoffStrategy = (attemptsMade) => {
  const ceiling = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attemptsMade - 1, 20), LONGEST_RETRY_MS)
  return Math.round(ceiling * (0.75 + Math.random() / 4))
}
