import type { Redis } from 'ioredis'
import { messageOf } from '../../errors/message-of.js'
import type { EventBus } from '../../events/events.js'
import type { Learned, Stamps } from '../../protocol/entry.js'
import type { Tag } from '../../protocol/tag.js'
import type { Link } from '../link.js'
import { createChanges } from './changes.js'
import { type Copies, type Copy, createCopies } from './copies.js'
import { createPush, type Push } from './push.js'

/**
 * Copies of entries in the process. One is served while none of the versions that it is stamped with was said to have
 * changed since its lookup began, and while it is certain that such news would have come.
 */
export interface Near {
  /** May any copy hold something of this model? */
  follows(model: string): boolean
  /** Starts to listen, unless it does. Nothing is kept before. */
  open(): void
  /** A copy whose versions stand, as far as this process can know; undefined also while it cannot know. */
  find(model: string, entry: string): Copy | undefined
  /** Taken before a lookup, to keep what that finds. */
  moment(): Moment
  /** @returns whether it was kept: nothing of it has changed since the moment */
  keep(moment: Moment, found: Found): boolean
  /** What this process has written, or may have. */
  replaced(tags: readonly Tag[]): void
  /** The number of questions whether all is told that were asked so far; asks once more. */
  ask(): number
  /** Has a question come back that was asked after this many? */
  isPast(asked: number): boolean
  /** Resolves when everything that had changed before the call is told. Immediate where nothing is listened to. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

export interface Moment {
  readonly at: number
  readonly change: number
  readonly turn: number
  readonly generation: number
}

export interface Found {
  readonly model: string
  readonly entry: string
  readonly text: string
  readonly tags: readonly Tag[]
  readonly stamps: Stamps
  readonly lifeMs: number
  readonly learned?: Learned | undefined
  /** Milliseconds, when the lookup began or later. */
  readonly ageMs: number
  /** Milliseconds that it is served at most. */
  readonly ttlMs: number
  /** Number of `ask`, when it was found or later. */
  readonly asked: number
}

export interface NearOptions {
  readonly link: Link
  readonly events: EventBus
  /** A connection of its own; undefined where there can be none. */
  another(name: string): Redis | undefined
  /** Copies at most, by model. */
  readonly limits: ReadonlyMap<string, number>
  /** Every model that an answer of those may hold something of. */
  readonly models: ReadonlySet<string>
  readonly now?: () => number
}

export function createNear(options: NearOptions): Near {
  const { link, events, models, now = () => performance.now() } = options
  const { keys } = link
  const copies: Copies = createCopies(options.limits)
  const changes = createChanges()
  const waiting = new Set<() => void>()
  let push: Push | undefined
  let unavailable = false
  let on = false
  /** Pings of connections that were closed. */
  let before = 0
  let turn = 0
  let generation = link.generation()

  function clear(): void {
    turn++
    copies.clear()
  }

  /** A lost connection of the commands: Redis may have forgotten what it would have told. */
  function followLink(): boolean {
    if (generation !== link.generation()) {
      generation = link.generation()
      clear()
    }
    return link.isUp()
  }

  function changed(key: string | undefined): void {
    if (key === undefined || key === keys.epoch) {
      clear()
      return
    }
    changes.add(key)
    copies.drop(key)
  }

  function unusable(why: string): void {
    unavailable = true
    void end()
    process.emitWarning(`nothing is kept near: ${why}. Reads are answered by Redis.`, 'PrismaCacheWarning')
  }

  function settle(): void {
    for (const check of [...waiting]) check()
  }

  function stopped(cause: unknown): void {
    clear()
    settle()
    if (on) events.emit('near', { state: 'off', cause })
    on = false
  }

  async function end(): Promise<void> {
    const ended = push?.close()
    before += push?.sent ?? 0
    push = undefined
    stopped(undefined)
    await ended
  }

  return {
    follows: (model) => models.has(model),
    open() {
      if (push || unavailable || !link.isUp()) return
      const redis = options.another(`${keys.namespace}:near`)
      if (!redis) {
        unusable(
          link.cluster
            ? 'a Redis Cluster tells each of its nodes’ changes by itself, which is not followed'
            : 'the Redis client that was given cannot be duplicated, and changes come over a connection of their own',
        )
        return
      }
      push = createPush({
        redis,
        prefixes: [keys.epoch, ...[...models].flatMap((model) => keys.versionPrefixes(model))],
        changed,
        heard: settle,
        listening() {
          turn++
          on = true
          events.emit('near', { state: 'on' })
        },
        lost(cause, refused) {
          stopped(cause)
          if (refused) unusable(`Redis does not tell of changes (${messageOf(cause)})`)
        },
        now,
      })
    },
    find(model, entry) {
      if (!followLink() || !push?.isSure()) return undefined
      return copies.get(model, entry)
    },
    moment() {
      followLink()
      return { at: now(), change: changes.moment, turn, generation }
    },
    keep(moment, { ageMs, ttlMs, ...found }) {
      const { tags, stamps, lifeMs } = found
      if (!followLink() || !push?.server || moment.turn !== turn || moment.generation !== generation) return false
      // Another server than the one that is listened to: the one before or after a failover.
      if (stamps.epoch.slice(stamps.epoch.indexOf('@') + 1) !== push.server) return false
      if (!tags.every((tag) => models.has(tag.model))) return false
      const tagKeys = tags.map((tag) => versionKeyOf(tag))
      if (changes.any(tagKeys, moment.change)) return false
      // Redis has such a key under another name.
      if (tagKeys.some((key) => LONE_SURROGATE.test(key))) return false
      const bornAt = moment.at - ageMs
      const endsAt = Math.min(moment.at + ttlMs, bornAt + lifeMs)
      copies.put({ ...found, keys: [...new Set(tagKeys)], bornAt, endsAt })
      return true
    },
    replaced(tags) {
      for (const tag of tags) {
        if (!models.has(tag.model)) continue
        const key = versionKeyOf(tag)
        if (tag.kind !== 'field') {
          changes.add(key)
          copies.drop(key)
        }
        if (tag.kind !== 'table' && tag.kind !== 'field') continue
        const fields = keys.fieldVersions(tag.model)
        const spared = tag.kind === 'table' ? tag.named : undefined
        changes.add(fields)
        copies.drop(fields, (copy) => spared === undefined || dependsOnOther(copy, tag.model, spared))
      }
    },
    ask() {
      const asked = before + (push?.sent ?? 0)
      push?.ping()
      return asked
    },
    isPast: (asked) => push !== undefined && before + push.back > asked,
    async caughtUp() {
      const listener = push
      if (!listener?.server) return
      const asked = listener.sent
      listener.ping()
      await new Promise<void>((resolve) => {
        const check = () => {
          if (listener.server && listener.back <= asked) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
      })
    },
    close: end,
  }

  /** Of a field the version is no key of its own: the one that changes with it. */
  function versionKeyOf(tag: Tag): string {
    return tag.kind === 'field' ? keys.fieldVersions(tag.model) : keys.tag(tag).version
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u

function dependsOnOther(copy: Copy, model: string, spared: readonly string[]): boolean {
  return copy.tags.some((tag) => tag.kind === 'field' && tag.model === model && !spared.includes(tag.field))
}
