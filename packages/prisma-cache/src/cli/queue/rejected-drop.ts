import { Redis } from 'ioredis'
import type { RejectedChange } from '../../queue/change.js'
import { forgetRejected, type RejectedRecord } from '../../queue/rejected.js'
import { removeRejectedJobs } from '../../queue/rejected-jobs.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { counted } from '../text/words.js'
import { type OpenQueue, withQueue } from './open-queue.js'
import { namedRecords } from './rejected-records.js'

export async function dropRejected(line: CommandLine, io: Io): Promise<ExitCode> {
  const [, model, row] = line.words
  return await withQueue<ExitCode>(line, io, async (queue) => {
    findModel(queue.policies, model!)
    const records = await namedRecords(queue, model!, row)
    const dropped: RejectedRecord[] = []
    for (const record of records) {
      // Another one may have taken its place: that has not been seen by whoever drops this one.
      if (await forgetRejected(queue.redis, queue.keys, record)) dropped.push(record)
    }
    await forgetJobs(queue, dropped)
    io.out(`dropped ${counted(dropped.length, 'rejected write')} of ${model}`)
    return 0
  })
}

/** Failed jobs of these changes, and of older ones of their rows. */
export async function forgetJobs({ redisUrl, keys }: OpenQueue, records: readonly RejectedRecord[]): Promise<void> {
  if (records.length === 0) return
  const rows = new Map(records.map(({ change }) => [nameOf(change), change.at]))
  const bull = new Redis(redisUrl, { maxRetriesPerRequest: null, lazyConnect: true })
  bull.on('error', () => {}) // told by the call that fails
  try {
    await removeRejectedJobs(bull, keys, (change) => change.at <= (rows.get(nameOf(change)) ?? -1))
  } finally {
    bull.disconnect()
  }
}

const nameOf = ({ model, row }: RejectedChange) => JSON.stringify([model, row])
