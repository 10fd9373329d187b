import { LRUCache } from 'lru-cache'
import type { Learned, Stamps } from '../../protocol/entry.js'
import type { Tag } from '../../protocol/tag.js'

/** An entry as text: each caller decodes one of its own, so nothing that a caller does to its answer reaches another's. */
export interface Copy {
  readonly model: string
  readonly entry: string
  readonly text: string
  readonly tags: readonly Tag[]
  readonly stamps: Stamps
  /** Keys of the versions of the tags. */
  readonly keys: readonly string[]
  /** Milliseconds that Redis was told to keep the entry. */
  readonly lifeMs: number
  readonly learned?: Learned | undefined
  /** When, by the monotonic clock, the entry was stored: not later than this. */
  readonly bornAt: number
  /** From when on, by the monotonic clock, it is not served. */
  readonly endsAt: number
  /** Number of `Near.ask`: whoever is served it has seen what Redis had when that was asked. */
  readonly asked: number
  /** What its readers have made of the text, which none of them gives away. */
  image?: unknown
}

/** The copies of one process: bounded a model by their number, and together by their size. */
export interface Copies {
  get(model: string, entry: string): Copy | undefined
  put(copy: Copy): void
  /** Drops the copies that depend on the key, or those of them that `which` names. */
  drop(key: string, which?: (copy: Copy) => boolean): void
  clear(): void
  readonly bytes: number
  count(model: string): number
}

/** Of all copies of a process together. */
const MAX_BYTES = 64 * 1024 * 1024
/** What a copy takes beside its texts, about. */
const OVERHEAD = 512

/** @param limits copies at most, by model */
export function createCopies(limits: ReadonlyMap<string, number>, maxBytes = MAX_BYTES): Copies {
  const byKey = new Map<string, Set<Copy>>()
  const caches = new Map<string, LRUCache<string, Copy>>()
  const sizes = new Map<string, number>()
  let bytes = 0

  function forget(copy: Copy): void {
    grow(copy, -1)
    for (const key of copy.keys) {
      const copies = byKey.get(key)
      copies?.delete(copy)
      if (copies?.size === 0) byKey.delete(key)
    }
  }

  function grow(copy: Copy, sign: 1 | -1): void {
    const size = sign * sizeOf(copy)
    bytes += size
    sizes.set(copy.model, (sizes.get(copy.model) ?? 0) + size)
  }

  // Room is reserved for as many as `max`: for no more than could ever fit.
  for (const [model, limit] of limits) {
    const max = Math.max(1, Math.min(limit, Math.ceil(maxBytes / OVERHEAD)))
    caches.set(model, new LRUCache<string, Copy>({ max, dispose: forget }))
  }

  function makeRoom(): void {
    while (bytes > maxBytes) {
      const [largest] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a))
      if (caches.get(largest)?.pop() === undefined) return
    }
  }

  return {
    get: (model, entry) => caches.get(model)?.get(entry),
    put(copy) {
      const cache = caches.get(copy.model)
      if (!cache) return
      cache.set(copy.entry, copy)
      grow(copy, 1)
      for (const key of copy.keys) {
        const copies = byKey.get(key)
        if (copies) copies.add(copy)
        else byKey.set(key, new Set([copy]))
      }
      makeRoom()
    },
    drop(key, which = () => true) {
      for (const copy of [...(byKey.get(key) ?? [])]) if (which(copy)) caches.get(copy.model)?.delete(copy.entry)
    },
    clear() {
      for (const cache of caches.values()) cache.clear()
    },
    get bytes() {
      return bytes
    },
    count: (model) => caches.get(model)?.size ?? 0,
  }
}

/** Strings take up to two bytes a character; an image takes more than its text. */
function sizeOf({ entry, text, keys }: Copy): number {
  return OVERHEAD + 2 * (entry.length + 3 * text.length + keys.reduce((sum, key) => sum + key.length, 0))
}
