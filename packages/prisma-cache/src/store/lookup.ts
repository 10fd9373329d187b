import * as commands from '../protocol/commands.generated.js'
import { type Mark, type OpenEntry, openEntry, openMark, type Stamps, stampLine } from '../protocol/entry.js'
import { runCommand } from '../protocol/run-command.js'
import type { Tag } from '../protocol/tag.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import { ensureVersions } from './ensure-versions.js'
import { versionOfField } from './field-versions.js'
import { knownVersions } from './known-versions.js'
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
  const { entry: entryKey, tags, fences } = question
  const wanted = [entryKey, keys.epoch]
  const fenceKeys: string[] = []
  for (const tag of tags) {
    const { version, fence } = keys.tag(tag)
    wanted.push(tag.kind === 'field' ? keys.fieldVersions(tag.model) : version)
    if (fences) fenceKeys.push(fence)
  }
  // A fence is read with its version, in one command: a writer sets both at once and takes both away at once.
  if (fences) wanted.push(keys.quarantine, ...fenceKeys)
  let found: (string | null)[]
  let remaining: number | undefined
  try {
    const read = isFirst(link, question, wanted[2]!) ? readFirst : readAll
    // The age is asked for first: of an entry that is replaced in between, the old one's age makes the new one older.
    if (question.age) [remaining, found] = await Promise.all([link.redis.pttl(entryKey), read(link, wanted)])
    else found = await read(link, wanted)
  } catch (error) {
    link.failed(error)
    return { kind: 'unavailable' }
  }
  link.answered()
  // The connection was lost meanwhile: this may be the answer of a server that has forgotten something.
  if (generation !== link.generation()) return { kind: 'unavailable' }
  if (fences && found.slice(2 + tags.length).some((fence) => fence !== null)) return { kind: 'fenced' }
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
  const stood = found.length === wanted.length || !found.slice(wanted.length).includes(MADE)
  if (stood && versions.every((version) => version !== null)) {
    const stamps: Stamps = { epoch, versions: versions as string[] }
    if (tags[0]?.kind === 'row') knownVersions(link).saw(epoch, wanted.slice(2, 2 + tags.length), stamps.versions)
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

const MADE = '0'
const asked = new WeakMap<Link, Set<string>>()
/** As many version keys as are remembered to have been read. */
const REMEMBERED = 10_000

/**
 * Does this process ask under the version for the first time, so that it may well be missing? Then one command reads and
 * makes it, which costs Redis more than a read, and the miss a round trip less.
 */
function isFirst(link: Link, { tags, fences }: LookupQuestion, version: string): boolean {
  if (link.cluster || fences || tags.some(({ kind }) => kind === 'field')) return false
  const known = asked.get(link) ?? new Set()
  asked.set(link, known)
  if (known.has(version)) return false
  known.add(version)
  if (known.size > REMEMBERED) known.delete(known.values().next().value!)
  return true
}

async function readFirst(link: Link, wanted: readonly string[]): Promise<(string | null)[]> {
  const args = [createNonce(), VERSION_LIFETIME_MS]
  return (await runCommand(link.redis, commands.look, wanted, args)) as (string | null)[]
}

/** Redis says -2 of a key that there is none of: the entry came between the two commands. */
function ageOf({ lifeMs }: OpenEntry, remaining: number | undefined): number | undefined {
  if (remaining === undefined) return undefined
  return remaining === -2 ? 0 : Math.max(0, lifeMs - remaining)
}
