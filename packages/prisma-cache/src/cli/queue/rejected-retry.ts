import { createEventBus } from '../../events/events.js'
import { createFlushJobs } from '../../queue/flusher-jobs.js'
import type { RejectedRecord } from '../../queue/rejected.js'
import { createConnection } from '../../store/connection.js'
import { createLink, type Link } from '../../store/link.js'
import { touch } from '../../store/publish.js'
import { type RetryParts, retryRejected } from '../../strategy/retry-rejected.js'
import { CliError } from '../cli-error.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { counted } from '../text/words.js'
import { databaseUrlOf, type OpenQueue, withQueue } from './open-queue.js'
import { openDatabase } from './pg-database.js'
import { forgetJobs } from './rejected-drop.js'
import { namedRecords } from './rejected-records.js'

export async function retryRejectedRows(line: CommandLine, io: Io): Promise<ExitCode> {
  const [, model, row] = line.words
  const url = databaseUrlOf(line, io)
  return await withQueue(line, io, async (queue) => {
    const entry = findModel(queue.policies, model!)
    const records = await namedRecords(queue, model!, row)
    const database = await openDatabase(url, 1)
    const link = await openLink(queue)
    try {
      const parts: RetryParts = {
        link,
        database,
        entry,
        enums: queue.policies.enums,
        ...(database.schema === undefined ? {} : { schema: database.schema }),
        force: line.flags.force === true,
      }
      return await retryAll(queue, records, parts, io)
    } finally {
      await link.close()
      await database.close()
    }
  })
}

async function retryAll(
  queue: OpenQueue,
  records: readonly RejectedRecord[],
  parts: RetryParts,
  io: Io,
): Promise<ExitCode> {
  const accepted: RejectedRecord[] = []
  const refused: string[] = []
  const shards = new Set<number>()
  for (const record of records) {
    const retried = await retryRejected(record, parts)
    if (retried.kind === 'refused') refused.push(`\n  ${record.change.model} ${record.change.row}: ${retried.reason}`)
    else {
      accepted.push(record)
      shards.add(retried.shard)
    }
  }
  const { name } = parts.entry.facts
  await schedule(queue, name, shards)
  await forgetJobs(queue, accepted)
  io.out(`accepted ${counted(accepted.length, 'rejected write')} of ${name} once more`)
  if (refused.length === 0) return 0
  const message = `${counted(refused.length, 'rejected write')} of ${name} cannot be accepted once more${refused.join('')}`
  const next = '`drop` what is no longer wanted; `--force` puts a change over writes that came after it'
  throw new CliError('PC6306', message, next)
}

async function schedule({ keys, redisUrl }: OpenQueue, model: string, shards: ReadonlySet<number>): Promise<void> {
  const jobs = createFlushJobs(keys, redisUrl)
  try {
    for (const shard of shards) await jobs.ensure(model, shard, 0)
  } finally {
    await jobs.close()
  }
}

async function openLink({ redisUrl, keys }: OpenQueue): Promise<Link> {
  const link: Link = createLink({
    connection: createConnection(redisUrl, 10_000),
    keys,
    events: createEventBus(),
    leaseMs: 10_000,
    publish: async (tags) => void (await touch(link, tags)),
  })
  await link.settled()
  if (link.isUp()) return link
  await link.close()
  throw new CliError('PC6302', link.downError().message, 'check the URL, and that the server runs')
}
