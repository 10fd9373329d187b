import { PrismaCacheError } from '../../errors/cache-error.js'
import { FlushRejectedError } from '../../queue/flusher-rejected-error.js'
import { CliError } from '../cli-error.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { counted, listed } from '../text/words.js'
import { queuedModels, withQueue } from './open-queue.js'

export async function flush(line: CommandLine, io: Io): Promise<ExitCode> {
  return await withQueue<ExitCode>(line, io, async ({ policies, flusher }) => {
    const models = queuedModels(policies, line.words[0])
    const stock = await flusher.pending(models)
    try {
      await flusher.flushUpTo(await flusher.marks(models))
    } catch (error) {
      throw asCliError(error)
    }
    const waited = models.filter((model) => stock[model]!.count > 0)
    const text = waited.map((model) => `${counted(stock[model]!.count, 'row')} of ${model}`)
    io.out(text.length === 0 ? 'nothing was pending' : `applied: ${listed(text)}`)
    return 0
  })
}

function asCliError(error: unknown): unknown {
  if (error instanceof FlushRejectedError) {
    const what = error.rejected.map(({ model, row, error: said }) => `\n  ${model} ${row}: ${said}`).join('')
    const message = `Postgres refused ${counted(error.rejected.length, 'write')}; everything else is applied${what}`
    const next = '`prisma-cache rejected list` shows them with their values; `retry` or `drop` them'
    return new CliError('PC6304', message, next, { cause: error })
  }
  if (!(error instanceof PrismaCacheError) || error.code !== 'PC1302') return error
  const message = error.message.replace(/^PC\d+: /, '')
  return new CliError('PC6304', message, 'start `prisma-cache worker`, or see what it says', { cause: error })
}
