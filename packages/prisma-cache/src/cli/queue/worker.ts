import { lossText, startFlushWorker } from '../../worker/start-flush-worker.js'
import { CliError } from '../cli-error.js'
import { type CommandLine, type ExitCode, textFlag } from '../command.js'
import type { Io } from '../io.js'
import { loadSchema, policiesOf } from '../schema/load-schema.js'
import { listed } from '../text/words.js'
import { databaseUrlOf, queuedModels, redisUrlOf } from './open-queue.js'
import { openDatabase } from './pg-database.js'

const CONCURRENCY = 8

/** A flush worker as a process of its own, until it is told to end. */
export async function worker(line: CommandLine, io: Io): Promise<ExitCode> {
  const concurrency = concurrencyOf(line)
  const policies = policiesOf(await loadSchema(line, io))
  const redis = redisUrlOf(line, io)
  // One connection beside those of the batches, for what is asked outside of them.
  const database = await openDatabase(databaseUrlOf(line, io), concurrency + 1)
  try {
    const running = await startFlushWorker({
      prisma: database,
      policies,
      redis,
      namespace: textFlag(line, 'namespace') ?? 'pc',
      concurrency,
      ...(database.schema === undefined ? {} : { schema: database.schema }),
      onRejected: ({ model, row, error }) => io.err(`rejected: ${model} ${row}: ${error}`),
      onError: (error, at) => io.err(`will be tried again: ${at ? `${at.model}.${at.shard}: ` : ''}${textOf(error)}`),
      onLost: (lost) => io.err(`lost: ${lossText(lost)}`),
    })
    io.out(`flushing ${listed(queuedModels(policies, undefined)) || 'nothing: no model is written behind'}`)
    await io.stopped?.()
    io.out('ending')
    await running.close()
  } finally {
    await database.close()
  }
  return 0
}

function concurrencyOf(line: CommandLine): number {
  const text = textFlag(line, 'concurrency')
  if (text === undefined) return CONCURRENCY
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new CliError('PC6002', `\`${text}\` is no value of \`--concurrency\``, 'write a whole number above 0')
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
