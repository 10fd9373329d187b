import { joinPositions, type Position } from '../protocol/position.js'
import { type Tag, tagName } from '../protocol/tag.js'
import { atOrPast } from '../protocol/version.js'
import type { SequenceMarks } from '../queue/change.js'
import type { Markers } from '../store/publish.js'
import { EVERYTHING, floorOf, isOneOfMany, modelOf } from './marker-names.js'

/**
 * What a session must not read behind: versions that its writes made, rows of its own that are pending, and tags whose
 * publication failed. Bounded: past `LIMIT` rows and keys it coarsens to one floor for the rows of a model and one for
 * its keys, and never forgets. The tags that each model has beside those are few, and kept: a floor on them would reach
 * every row.
 */
export interface CausalSession {
  mark(markers: Markers): void
  markUnpublished(tags: readonly Tag[]): void
  markPending(model: string, shard: number, sequence: number): void
  /** Are these versions, in the order of `tags`, at or past everything the session wrote? */
  isCoveredBy(tags: readonly Tag[], versions: readonly string[]): boolean
  /** Must these tags not be read from the cache at all? */
  mistrusts(tags: readonly Tag[]): boolean
  pendingOf(models: readonly string[]): SequenceMarks
  /** Own writes have reached these models. `position`: of the primary after COMMIT; undefined where nobody could tell. */
  wrote(models: Iterable<string>, position: Position | undefined): void
  /** What a replica must have replayed before this session reads these models of it. */
  needOf(models: readonly string[]): Need
  /** When the session last wrote one of the models, by `performance.now()`. Of what it did elsewhere: any model. */
  wroteAt(models: readonly string[]): number | undefined
  /** Forgets pending marks that are known to be applied. */
  applied(marks: SequenceMarks): void
  state(): SessionState
  /** Has it left nothing that another process would have to know? */
  isEmpty(): boolean
}

/** `unknown`: a write whose position nobody could tell; only where the primary is now is past it for certain. */
export type Need = Position | 'unknown' | undefined

/** Plain data, as it travels in a token. Tags are named as by `tagName`. */
export interface SessionState {
  readonly versions: Readonly<Record<string, string>>
  readonly floors: Readonly<Record<string, string>>
  readonly unpublished: readonly string[]
  readonly pending: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Of all own writes, and how long ago the last of them was. */
  readonly written?: { readonly position: Position | undefined; readonly agoMs: number } | undefined
}

const LIMIT = 64

/** @param isOwed whether this process has still to publish a tag; while it has, `Link.unpublished` mistrusts it for all */
export function createCausalSession(isOwed: (tags: readonly Tag[]) => boolean, from?: SessionState): CausalSession {
  const versions = new Map(Object.entries(from?.versions ?? {}))
  const floors = new Map(Object.entries(from?.floors ?? {}))
  let many = [...versions.keys()].filter(isOneOfMany).length
  // Owed by another process, which cannot tell this one when it is done.
  const foreign = new Set(from?.unpublished)
  const own = new Map<string, Tag>()
  const pending = new Map<string, Map<number, number>>()
  for (const [model, shards] of Object.entries(from?.pending ?? {})) {
    pending.set(model, new Map(Object.entries(shards).map(([shard, sequence]) => [Number(shard), sequence])))
  }

  /** Own writes by model; `''`: those of elsewhere, of which the models are not known. */
  const written = new Map<string, { position: Position | undefined; lost: boolean; at: number }>()
  if (from?.written) {
    const { position, agoMs } = from.written
    written.set('', { position, lost: position === undefined, at: performance.now() - agoMs })
  }
  const writtenOf = (models: readonly string[]) => ['', ...models].flatMap((model) => written.get(model) ?? [])

  function coarsen(): void {
    for (const [name, version] of versions) {
      if (!isOneOfMany(name)) continue
      const floorName = floorOf(name)
      const floor = floors.get(floorName)
      if (floor === undefined || atOrPast(version, floor)) floors.set(floorName, version)
      versions.delete(name)
      many--
    }
  }

  return {
    mark(markers) {
      for (const [name, version] of markers) {
        const before = versions.get(name)
        if (before === undefined && isOneOfMany(name)) many++
        if (before === undefined || atOrPast(version, before)) versions.set(name, version)
        own.delete(name)
      }
      if (many > LIMIT) coarsen()
    },
    markUnpublished(tags) {
      for (const [name, tag] of own) if (!isOwed([tag])) own.delete(name)
      for (const tag of tags) own.set(tagName(tag), tag)
    },
    markPending(model, shard, sequence) {
      const shards = pending.get(model) ?? new Map<number, number>()
      pending.set(model, shards)
      if (sequence > (shards.get(shard) ?? 0)) shards.set(shard, sequence)
    },
    wrote(models, position) {
      const at = performance.now()
      for (const model of models) {
        const before = written.get(model)
        const lost = position === undefined || before?.lost === true
        written.set(model, { position: joinPositions(before?.position, position), lost, at })
      }
    },
    needOf(models) {
      const own = writtenOf(models)
      if (own.some(({ lost }) => lost)) return 'unknown'
      return own.reduce<Position | undefined>((need, { position }) => joinPositions(need, position), undefined)
    },
    wroteAt(models) {
      const times = writtenOf(models).map(({ at }) => at)
      return times.length > 0 ? Math.max(...times) : undefined
    },
    isCoveredBy(tags, found) {
      if (versions.size === 0 && floors.size === 0) return true
      return tags.every((tag, i) => {
        const name = tagName(tag)
        const marker = versions.get(name)
        const floor = isOneOfMany(name) ? floors.get(floorOf(name)) : undefined
        const least = floors.get(EVERYTHING)
        return [marker, floor, least].every((mark) => !mark || atOrPast(found[i]!, mark))
      })
    },
    mistrusts(tags) {
      if (foreign.size === 0) return false
      if (foreign.has(EVERYTHING)) return true
      return tags.some((tag) => {
        // What that write has named is not known here.
        const table = tag.kind === 'field' && foreign.has(tagName({ kind: 'table', model: tag.model }))
        return table || foreign.has(tagName(tag)) || foreign.has(`*${tag.model}`)
      })
    },
    pendingOf(models) {
      const found = new Map<string, ReadonlyMap<number, number>>()
      for (const model of models) {
        const shards = pending.get(model)
        if (shards && shards.size > 0) found.set(model, new Map(shards))
      }
      return found
    },
    applied(marks) {
      for (const [model, shards] of marks) {
        const own = pending.get(model)
        if (!own) continue
        for (const [shard, sequence] of shards) if ((own.get(shard) ?? Infinity) <= sequence) own.delete(shard)
        if (own.size === 0) pending.delete(model)
      }
    },
    isEmpty: () => [versions, floors, foreign, own, pending, written].every(({ size }) => size === 0),
    state: () => ({
      ...(written.size > 0 ? { written: writtenState([...written.values()]) } : {}),
      versions: Object.fromEntries(versions),
      floors: Object.fromEntries(floors),
      unpublished: coarse([...foreign, ...[...own].flatMap(([name, tag]) => (isOwed([tag]) ? [name] : []))]),
      pending: Object.fromEntries([...pending].map(([model, shards]) => [model, Object.fromEntries(shards)])),
    }),
  }
}

/**
 * The session of calls outside any: it sees what this client has accepted, and takes no note of versions. Redis answers
 * with the newest of them while its epoch stands, and a floor under all that a process ever wrote would spoil its hits.
 */
export function createClientSession(isOwed: (tags: readonly Tag[]) => boolean): CausalSession {
  return { ...createCausalSession(isOwed), mark() {} }
}

function writtenState(own: readonly { position: Position | undefined; lost: boolean; at: number }[]) {
  const known = own.every(({ lost }) => !lost)
  const position = own.reduce<Position | undefined>((all, one) => joinPositions(all, one.position), undefined)
  const at = Math.max(...own.map((one) => one.at))
  return { position: known ? position : undefined, agoMs: Math.max(0, Math.round(performance.now() - at)) }
}

/** Past the limit, whole models. */
function coarse(names: readonly string[]): string[] {
  return names.length <= LIMIT ? [...names] : [...new Set(names.map((name) => `*${modelOf(name)}`))]
}
