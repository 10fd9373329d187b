import type { IndexedModel } from '../planner/model-index.js'
import { rowTags } from '../planner/read-tags.js'
import { freshness, planTerms } from '../planner/read-terms.js'
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
  const { policy } = model
  const terms = policy.strategy === 'none' ? undefined : planTerms(policy, policy.consistency, undefined)
  const age = terms?.asksAge ?? false
  const found = await lookup(link, { entry, tags: rowTags(model.name, row), fences: false, age })
  if (found.kind !== 'hit' && found.kind !== 'miss') return undefined
  const [rowVersion, wideVersion] = found.stamps.versions
  const stamps = { epoch: found.stamps.epoch, rowVersion: rowVersion!, wideVersion: wideVersion! }
  // What is served past its ttl is no base: the caller's answer would be an older one still.
  const fresh = found.kind === 'hit' && terms && FRESH.has(freshness(terms, { ...found, none: false }))
  const cached = fresh ? decoded(model, found.text) : undefined
  return { row: cached ?? ((await load()) as Row | null), ...stamps }
}

const FRESH = new Set<string>(['fresh', 'early'])

/** A cached "no such row" is asked again: a create that rests on it would be rejected later instead of refused now. */
function decoded(model: IndexedModel, text: string): Row | undefined {
  try {
    return text === 'null' ? undefined : model.codec.decode(text)
  } catch {
    return undefined
  }
}
