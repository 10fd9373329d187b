import type { SealedBatch } from '../queue/seal.js'
import { recordPositions } from '../store/positions.js'
import { readAll } from '../store/read-all.js'
import type { WorkerContext } from './context.js'

/**
 * Records what a replica must have replayed to show what was flushed. The position is asked for after the versions were
 * read: whoever made them, his write was committed by then. See docs/adr/0053. Never rejects.
 */
export async function recordFlushed(
  { link, primary }: Pick<WorkerContext, 'link' | 'primary'>,
  { model, rows }: Pick<SealedBatch, 'model' | 'rows'>,
): Promise<void> {
  if (!primary || !link.isUp()) return
  const tags = [{ kind: 'table', model } as const, ...rows.map(({ row }) => ({ kind: 'row', model, row }) as const)]
  const keys = [link.keys.epoch, ...tags.map((tag) => link.keys.tag(tag).version)]
  const [epoch, ...versions] = await readAll(link, keys).catch(() => [])
  if (!epoch) return
  const position = await primary.now()
  if (!position) return
  const named = tags.flatMap((tag, i) => (versions[i] ? [{ tag, version: versions[i] }] : []))
  await recordPositions(link, named, epoch, position)
}
