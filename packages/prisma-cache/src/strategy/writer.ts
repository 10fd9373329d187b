import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import type { EventBus } from '../events/events.js'
import { type Tag, uniteTags } from '../protocol/tag.js'
import { createNonce } from '../protocol/version.js'
import { type Fence, fence, fenceBeside, release as releaseFences } from '../store/fence.js'
import { holdShards, letGo } from '../store/hold.js'
import type { Link } from '../store/link.js'
import { type Markers, type Put, publishFenced, touch } from '../store/publish.js'
import type { CausalSession } from './causal-session.js'

/** One writer's fences and holds, from before its first statement until its outcome is known: one write, or one transaction. */
export interface Writer {
  /**
   * Fences tags, awaited. What is fenced already is fenced again only when its lease is used up on this process's own
   * monotonic clock. Rejects when Redis does not take it; what was fenced before stays fenced.
   */
  fence(tags: readonly Tag[], putModels: readonly string[]): Promise<void>
  /**
   * Keeps every write of these models out of the queue, awaited: of those whose rows the writer cannot name. Rejects when
   * Redis does not take it.
   */
  hold(models: readonly string[]): Promise<void>
  /** Whether all that was fenced and held has been so ever since; if not, others may have come between. */
  unbroken(): boolean
  /** Begins anew with everything that was fenced and held. Rejects when Redis does not take it. */
  mend(): Promise<void>
  /**
   * Fences tags beside the statement, not awaited, for a single write of which no reader is `strong`.
   *
   * @returns false, and nothing is sent, where it is not known what stood before: then `fence` is to be asked
   */
  fenceBeside(tags: readonly Tag[], putModels: readonly string[]): boolean
  /** Before COMMIT: makes sure that every fence still stands. Rejects when that cannot be had. */
  holdFast(): Promise<void>
  /** Resolves when it is known what may be put. Never rejects. */
  settled(): Promise<void>
  /** Version of a model's `wide` tag before the first statement; undefined when nothing of it may be put. */
  wideVersion(model: string): string | undefined
  /** After COMMIT, or when COMMIT may have happened. Never rejects: what Redis does not take is owed and retried. */
  publish(tags: readonly Tag[], puts: readonly Put[], session: CausalSession): Promise<number>
  /** After ROLLBACK. */
  release(): Promise<void>
}

export function createWriter(link: Link, events: EventBus, model: string): Writer {
  const writer = createNonce()
  const fenced = new Map<string, Tag>()
  const held = new Set<string>()
  const putModels = new Set<string>()
  let broken = false
  let merged: Fence | undefined
  let renewal: NodeJS.Timeout | undefined
  let renewing: Promise<void> = Promise.resolve()
  /** The fence that is on its way beside the statement. */
  let beside: Promise<void> | undefined
  /** Until when, by `performance.now()`, every fence and hold stands. Counted from before it was asked for. */
  let leasedUntil = Infinity

  /** Everything, or only what is new. */
  async function take(tags: readonly Tag[], models: readonly string[], holds: readonly string[] = []): Promise<void> {
    const until = performance.now() + link.leaseMs
    const [taken] = await Promise.all([
      tags.length + models.length > 0 ? fence(link, writer, tags, models) : undefined,
      holds.length > 0 ? holdShards(link, writer, holds) : undefined,
    ])
    // What was answered in time had not ended when it was renewed.
    if (performance.now() > leasedUntil) broken = true
    const all = tags.length === fenced.size && holds.length === held.size
    leasedUntil = all ? until : Math.min(leasedUntil, until)
    if (!taken) return
    merged = merged
      ? {
          writer,
          // Both epochs must be one, or fences of others may have been lost between them.
          epoch: merged.epoch,
          mayPut: merged.mayPut && taken.mayPut && merged.epoch === taken.epoch,
          versions: new Map([...merged.versions, ...taken.versions]),
          // The first one read is the one that stood before the first statement.
          wide: new Map([...taken.wide, ...merged.wide]),
        }
      : taken
  }

  function renewLater(): void {
    renewal ??= setTimeout(() => {
      renewal = undefined
      renewing = takeAll().catch(() => {}) // an expired lease only costs the put; see publish-row-3.lua
      renewLater()
    }, link.leaseMs / 2)
    renewal.unref()
  }

  const takeAll = () => take([...fenced.values()], [], [...held])

  async function holdFast(): Promise<void> {
    if (fenced.size + held.size === 0 || performance.now() < leasedUntil - link.leaseMs / 10) return
    if (!link.isUp()) throw link.downError()
    await takeAll()
  }

  /** Ends with its lease where Redis does not take it. */
  async function letGoOfAll(): Promise<void> {
    if (held.size > 0) await letGo(link, writer, [...held]).catch(() => {})
  }

  /** A renewal on its way would fence again behind the publication, and a fence on its way says what may be put. */
  async function end(): Promise<void> {
    clearTimeout(renewal)
    renewal = undefined
    await beside
    await renewing
  }

  return {
    async fence(tags, models) {
      await holdFast()
      const fresh = new Map(
        tags.map((tag) => [link.keys.tag(tag).version, tag] as const).filter(([key]) => !fenced.has(key)),
      )
      const freshModels = models.filter((name) => !putModels.has(name))
      if (fresh.size === 0 && freshModels.length === 0) return
      if (!link.isUp()) throw link.downError()
      for (const [key, tag] of fresh) fenced.set(key, tag)
      try {
        await take([...fresh.values()], freshModels)
      } catch (error) {
        for (const key of fresh.keys()) fenced.delete(key) // what was taken in part ends with its lease
        throw error
      }
      for (const name of freshModels) putModels.add(name)
      renewLater()
    },
    async hold(models) {
      await holdFast()
      const fresh = models.filter((name) => !held.has(name))
      if (fresh.length === 0) return
      if (!link.isUp()) throw link.downError()
      for (const name of fresh) held.add(name)
      // What was taken in part is let go of in the end.
      await take([], [], fresh)
      renewLater()
    },
    unbroken: () => !broken && performance.now() < leasedUntil,
    async mend() {
      if (!link.isUp()) throw link.downError()
      await takeAll()
      broken = false
    },
    fenceBeside(tags, models) {
      if (fenced.size > 0 || !link.isUp()) return false
      const until = performance.now() + link.leaseMs
      const fencing = fenceBeside(link, writer, tags, models)
      if (!fencing) return false
      for (const tag of tags) fenced.set(link.keys.tag(tag).version, tag)
      for (const name of models) putModels.add(name)
      beside = fencing.then(
        (taken) => {
          merged = taken
          leasedUntil = Math.min(leasedUntil, until)
        },
        () => {}, // nothing is put then, and the publication replaces the versions
      )
      renewLater()
      return true
    },
    holdFast,
    settled: () => beside ?? Promise.resolve(),
    wideVersion: (name) => merged?.wide.get(name),
    async publish(tags, puts, session) {
      // Asked beside the publication, and not before COMMIT: what it tells is past this write.
      const committed = link.replication?.committed()
      await end()
      const all = uniteTags([...fenced.values(), ...tags])
      let markers: Markers = new Map()
      try {
        if (!link.isUp()) throw link.downError()
        const published = merged
          ? await publishFenced(link, merged, all, puts)
          : { markers: await touch(link, all), put: 0 }
        const { put } = published
        markers = published.markers
        session.mark(markers)
        // Only now: what is accepted next rests on what was read under the new versions.
        await letGoOfAll()
        events.emit('publish', { model, tags: all.length, put: put > 0 })
        return put
      } catch (cause) {
        owe(link, events, all, session, cause)
        return 0
      } finally {
        const position = await committed
        session.wrote(new Set(all.map((tag) => tag.model)), position)
        if (position) await link.replication?.published(all, markers, position)
      }
    },
    async release() {
      await end()
      const fences = [...fenced.values()]
      await Promise.all([
        fences.length > 0 ? releaseFences(link, writer, fences).catch(() => {}) : undefined,
        letGoOfAll(),
      ])
    },
  }
}

/** A committed write that Redis does not know of yet: remembered, mistrusted and published by retry. */
export function owe(link: Link, events: EventBus, tags: readonly Tag[], session: CausalSession, cause: unknown): void {
  link.unpublished.add(tags)
  link.replaced(tags)
  session.markUnpublished(tags)
  events.emit('unpublished', { tags: tags.length, cause })
  link.publishOwed()
}

export function refusedByPolicy(
  { model, refusedBy = model }: { readonly model: string; readonly refusedBy: string | undefined },
  cause: unknown,
): PrismaCacheError {
  return new PrismaCacheError(
    'PC1101',
    `the write to ${model} was not sent to the database: ${refusedBy} takes no write while Redis cannot be told of it ` +
      `(\`onCacheDown: reject\`), and ${messageOf(cause) ?? 'it gave no reason'}. ` +
      'Nothing was changed; try again when Redis answers.',
    { cause },
  )
}
