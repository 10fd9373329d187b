import { type Mark, type OpenEntry, openEntry, openMark, type Stamps, stampLine } from '../protocol/entry.js'
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
  /** Also asks for the age of the entry. */
  readonly age?: boolean
}

export type Lookup =
  | (OpenEntry & {
      readonly kind: 'hit'
      readonly stamps: Stamps
      /** By the clock of Redis; undefined where it was not asked for. */
      readonly ageMs: number | undefined
      /** The entry as it stands. */
      readonly standing: string
    })
  /** `stamps` stood before this reply, so a load that begins now may be filled under them. */
  | {
      readonly kind: 'miss'
      readonly reason: 'absent' | 'stale'
      readonly stamps: Stamps
      /** Is somebody loading it under these very stamps, or has found that it cannot be kept? */
      readonly mark: Mark | undefined
      /** What stands at the key all the same. */
      readonly standing: string | undefined
    }
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
  let remaining: number | undefined
  try {
    // The age is asked for first: of an entry that is replaced in between, the old one's age makes the new one older.
    const left = question.age ? link.redis.pttl(question.entry) : undefined
    ;[remaining, found] = await Promise.all([left, readAll(link, wanted)])
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
  const standing = entry ?? undefined
  const reason = standing === undefined ? 'absent' : 'stale'
  if (versions.every((version) => version !== null)) {
    const stamps: Stamps = { epoch, versions: versions as string[] }
    const line = stampLine(stamps)
    const open = standing && openEntry(standing, line)
    if (open) return { kind: 'hit', ...open, stamps, ageMs: ageOf(open, remaining), standing: standing! }
    const mark = standing === undefined ? undefined : openMark(standing, line)
    return { kind: 'miss', reason: mark ? 'absent' : reason, stamps, mark, standing }
  }
  const complete = await ensureVersions(link, question.tags, versions).catch(() => undefined)
  if (!complete || generation !== link.generation()) return { kind: 'unavailable' }
  return { kind: 'miss', reason, stamps: { epoch, versions: complete }, mark: undefined, standing }
}

/** Redis says -2 of a key that there is none of: the entry came between the two commands. */
function ageOf({ lifeMs }: OpenEntry, remaining: number | undefined): number | undefined {
  if (remaining === undefined) return undefined
  return remaining === -2 ? 0 : Math.max(0, lifeMs - remaining)
}
