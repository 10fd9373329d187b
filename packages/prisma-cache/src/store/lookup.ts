import { openEntry, type Stamps, stampLine } from '../protocol/entry.js'
import type { Tag } from '../protocol/tag.js'
import { ensureVersions } from './ensure-versions.js'
import { versionOfField } from './field-versions.js'
import type { Link } from './link.js'
import { readAll } from './read-all.js'

export interface LookupQuestion {
  readonly entry: string
  /** In a fixed order: the versions are stamped in it. */
  readonly tags: readonly Tag[]
  /** Sees fences and the quarantine, and answers `fenced` under either. */
  readonly fences: boolean
}

export type Lookup =
  | { readonly kind: 'hit'; readonly text: string; readonly stamps: Stamps }
  /** `stamps` stood before this reply, so a load that begins now may be filled under them. */
  | { readonly kind: 'miss'; readonly reason: 'absent' | 'stale'; readonly stamps: Stamps }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'unavailable' }

/** Reads the entry, the epoch, the versions and, where asked, the fences: one round trip, one instant per slot. */
export async function lookup(link: Link, question: LookupQuestion): Promise<Lookup> {
  if (!link.isUp()) return { kind: 'unavailable' }
  const generation = link.generation()
  const { keys } = link
  const tagKeys = question.tags.map((tag) => keys.tag(tag))
  const { tags } = question
  const versionKeys = tagKeys.map((k, i) =>
    tags[i]!.kind === 'field' ? keys.fieldVersions(tags[i]!.model) : k.version,
  )
  const wanted = [question.entry, keys.epoch, ...versionKeys]
  // A fence is read with its version, in one command: a writer sets both at once and takes both away at once.
  if (question.fences) wanted.push(keys.quarantine, ...tagKeys.map((k) => k.fence))
  let found: (string | null)[]
  try {
    found = await readAll(link, wanted)
  } catch (error) {
    link.failed(error)
    return { kind: 'unavailable' }
  }
  link.answered()
  // The connection was lost meanwhile: this may be the answer of a server that has forgotten something.
  if (generation !== link.generation()) return { kind: 'unavailable' }
  if (question.fences && found.slice(2 + tags.length).some((fence) => fence !== null)) return { kind: 'fenced' }
  const [entry, epoch] = found
  const versions = found.slice(2, 2 + tags.length).map((text, i) => {
    const tag = tags[i]!
    return tag.kind === 'field' ? versionOfField(text, tag.field) : text
  })
  if (!epoch) {
    link.epochLost()
    return { kind: 'unavailable' }
  }
  if (versions.every((version) => version !== null)) {
    const stamps: Stamps = { epoch, versions: versions as string[] }
    const text = entry ? openEntry(entry, stampLine(stamps)) : undefined
    if (text !== undefined) return { kind: 'hit', text, stamps }
    return { kind: 'miss', reason: entry ? 'stale' : 'absent', stamps }
  }
  const complete = await ensureVersions(link, question.tags, versions).catch(() => undefined)
  if (!complete || generation !== link.generation()) return { kind: 'unavailable' }
  return { kind: 'miss', reason: entry ? 'stale' : 'absent', stamps: { epoch, versions: complete } }
}
