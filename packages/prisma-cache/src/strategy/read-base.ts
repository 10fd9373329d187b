import type { IndexedModel } from '../planner/model-index.js'
import { rowTags } from '../planner/read-tags.js'
import type { Row } from '../protocol/row-codec.js'
import type { Link } from '../store/link.js'
import { lookup } from '../store/lookup.js'
import type { BaseRead } from './write-behind.js'

/**
 * The row that an accepted write builds on, as the cache or the database has it, with the versions that stood before
 * it was read: an accept under other versions is told to read again.
 *
 * @returns undefined when Redis cannot be used
 */
export async function readBase(
  link: Link,
  model: IndexedModel,
  row: string,
  load: () => Promise<unknown>,
): Promise<BaseRead | undefined> {
  const entry = link.keys.rowEntry(model.name, row, model.facts.shapeHash) // of a scoped model none stands under it
  const found = await lookup(link, { entry, tags: rowTags(model.name, row), fences: false })
  if (found.kind !== 'hit' && found.kind !== 'miss') return undefined
  const [rowVersion, wideVersion] = found.stamps.versions
  const stamps = { epoch: found.stamps.epoch, rowVersion: rowVersion!, wideVersion: wideVersion! }
  const cached = found.kind === 'hit' ? decoded(model, found.text) : undefined
  return { row: cached ?? ((await load()) as Row | null), ...stamps }
}

/** A cached "no such row" is asked again: a create that rests on it would be rejected later instead of refused now. */
function decoded(model: IndexedModel, text: string): Row | undefined {
  try {
    return text === 'null' ? undefined : model.codec.decode(text)
  } catch {
    return undefined
  }
}
