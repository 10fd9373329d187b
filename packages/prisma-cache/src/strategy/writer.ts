import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import type { EventBus } from '../events/events.js'
import { type Tag, uniteTags } from '../protocol/tag.js'
import { createNonce } from '../protocol/version.js'
import { type Fence, fence, fenceBeside, release } from '../store/fence.js'
import type { Link } from '../store/link.js'
import { type Markers, type Put, publishFenced, touch } from '../store/publish.js'
import type { CausalSession } from './causal-session.js'

/** One writer's fences, from before its first statement until its outcome is known: one write, or one transaction. */
export interface Writer {
  /**
   * Fences tags, awaited. What is fenced already is fenced again only when its lease is used up on this process's own
   * monotonic clock. Rejects when Redis does not take it; what was fenced before stays fenced.
   */
  fence(tags: readonly Tag[], putModels: readonly string[]): Promise<void>
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
  const putModels = new Set<string>()
  let merged: Fence | undefined
  let renewal: NodeJS.Timeout | undefined
  let renewing: Promise<void> = Promise.resolve()
  /** The fence that is on its way beside the statement. */
  let beside: Promise<void> | undefined
  /** Until when, by `performance.now()`, every fence stands. Counted from before it was asked for. */
  let leasedUntil = Infinity

  async function take(tags: readonly Tag[], models: readonly string[]): Promise<void> {
    const until = performance.now() + link.leaseMs
    const taken = await fence(link, writer, tags, models)
    leasedUntil = tags.length === fenced.size ? until : Math.min(leasedUntil, until)
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
      renewing = take([...fenced.values()], []).catch(() => {}) // an expired lease only costs the put; see publish-row-3.lua
      renewLater()
    }, link.leaseMs / 2)
    renewal.unref()
  }

  async function holdFast(): Promise<void> {
    if (fenced.size === 0 || performance.now() < leasedUntil - link.leaseMs / 10) return
    if (!link.isUp()) throw link.downError()
    await take([...fenced.values()], [])
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
          leasedUntil = until
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
      if (fenced.size > 0) await release(link, writer, [...fenced.values()]).catch(() => {}) // ends with its lease
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
