import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { columns } from '../text/columns.js'
import { queuedModels, withQueue } from './open-queue.js'

export async function pending(line: CommandLine, io: Io): Promise<ExitCode> {
  await withQueue(line, io, async ({ policies, flusher }) => {
    const stock = await flusher.pending(queuedModels(policies, line.words[0]))
    const models = Object.entries(stock).map(([model, { count, oldestAgeMs, ...done }]) => {
      const { policy } = policies.models[model]!
      return {
        model,
        rows: count,
        oldestAgeMs,
        ...done,
        ...(policy.strategy === 'writeBehind' ? { maxPending: policy.maxPending } : {}),
      }
    })
    if (line.flags.json) return io.out(JSON.stringify({ formatVersion: 1, ok: true, models }, undefined, 2))
    if (models.length === 0) return io.out('no model is written behind')
    const rows = models.map(({ model, rows, oldestAgeMs, maxPending, flushedPerSecond, rejectedKept }) => [
      model,
      String(rows),
      rows === 0 ? '-' : ageText(oldestAgeMs),
      maxPending === undefined ? '-' : String(maxPending),
      flushedPerSecond.toFixed(1),
      String(rejectedKept),
    ])
    for (const text of columns([['model', 'rows', 'oldest', 'maxPending', 'flushed/s', 'rejected'], ...rows]))
      io.out(text)
  })
  return 0
}

export function ageText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 120 ? `${minutes}m` : `${Math.floor(minutes / 60)}h`
}
