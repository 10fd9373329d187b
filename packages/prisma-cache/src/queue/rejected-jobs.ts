import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Keys } from '../protocol/keys.js'
import type { RejectedChange } from './change.js'
import { FLUSH_QUEUE, type FlushQueueData, queueOptions, REJECTED_JOB } from './flush-queue.js'

const PAGE = 200

/**
 * Removes the failed jobs that keep rejected changes of these rows in sight.
 *
 * @param bull a connection as BullMQ wants it
 * @returns how many there were
 */
export async function removeRejectedJobs(
  bull: Redis,
  keys: Keys,
  isOf: (change: RejectedChange) => boolean,
): Promise<number> {
  const queue = new Queue<FlushQueueData>(FLUSH_QUEUE, queueOptions(keys, bull))
  queue.on('error', () => {}) // told by the call that fails
  let removed = 0
  try {
    for (let start = 0; ; ) {
      const jobs = await queue.getFailed(start, start + PAGE - 1)
      if (jobs.length === 0) return removed
      const found = jobs.filter((job) => job?.name === REJECTED_JOB && isOf(job.data as RejectedChange))
      for (const job of found) await job.remove()
      removed += found.length
      start += jobs.length - found.length
    }
  } finally {
    await queue.close()
  }
}
