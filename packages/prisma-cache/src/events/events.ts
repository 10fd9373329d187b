/** Why an operation did not use the cache. */
export type BypassReason =
  | 'policy-none'
  | 'call'
  | 'read-none'
  | 'unsettled'
  | 'transaction'
  | 'redis-down'
  | 'unpublished'
  | 'fenced'
  | 'uncacheable-arguments'
  | 'view'
  | 'omitted-field'
  | 'unscoped'
  | 'raw'
  | 'mixed-consistency'
  | 'pending-unreachable'
  | 'after-write'

export interface ModelEvent {
  readonly model: string
  readonly operation: string
}

/** Why the primary was asked though there are replicas. */
export type PrimaryReason =
  /** `strong`, or it depends on a model that is. */
  | 'strong'
  /** `@cache.scope`: who may see a row is decided by the primary's client. */
  | 'scoped'
  /** The route says so: `primary`, `primaryAfterWrite`, `sticky`. */
  | 'route'
  | 'own-write'
  | 'sticky'
  /** No replica is up. */
  | 'no-replica'
  /** None has replayed what it must have, not within the wait either. */
  | 'behind'
  /** The one that was asked turned out to be behind, older than the ttl, or gone. */
  | 'refused'
  /** Where the primary is could not be told. */
  | 'unknown-position'

export interface LearnedRate {
  readonly changesPerHour: number
  readonly ttlMs: number
}

/** Events by name. `ms` are milliseconds on the monotonic clock. */
export interface Events {
  /** `age`: `early` and `stale` entries are loaded anew beside (`refreshAhead`, `staleWhileRevalidate`). */
  hit: ModelEvent & {
    readonly key: string
    readonly source: 'redis' | 'pending' | 'near'
    readonly age: 'fresh' | 'early' | 'stale'
  }
  /** `stale`: a version was replaced; `expired`: only time has passed. */
  miss: ModelEvent & { readonly key: string; readonly reason: 'absent' | 'stale' | 'expired' | 'unreadable' | 'behind' }
  bypass: ModelEvent & { readonly reason: BypassReason }
  fill: ModelEvent & { readonly key: string }
  /** A miss that another process's load has answered, after so long. */
  shared: ModelEvent & { readonly key: string; readonly ms: number }
  /**
   * `ttl: auto`: a value was loaded again after `ms` in which no write to it was seen. What is thought of it now, and of
   * its model; a `ttlMs` of 0: it changes too fast to be cached.
   */
  learn: ModelEvent &
    LearnedRate & {
      readonly key: string
      readonly ms: number
      readonly changed: boolean
      readonly ofModel: LearnedRate
    }
  /** An entry that was served is loaded anew; the fill is told as any other. `failed`: tried again by a later hit. */
  refresh: ModelEvent & { readonly key: string; readonly outcome: 'loaded' | 'failed'; readonly cause?: unknown }
  refusedFill: ModelEvent & {
    readonly key: string
    readonly reason:
      | 'redis-down'
      | 'other-row'
      | 'too-large'
      | 'outrun'
      | 'omitted-field'
      | 'replica-behind'
      | 'spelling'
  }
  /**
   * Where replicas are used: who answers a load. Positions are written `timeline:high/low`; `need`: what was asked for,
   * `position`: what the replica had replayed before it was asked, on the same connection.
   */
  route: ModelEvent &
    (
      | { readonly source: 'primary'; readonly reason: PrimaryReason; readonly need?: string; readonly ms: number }
      | {
          readonly source: 'replica'
          readonly replica: string
          readonly position: string
          readonly need: string
          readonly ms: number
        }
    )
  /** `refused`: it answers, and must not be asked: it was promoted, or belongs to another database. */
  replica: {
    readonly replica: string
    readonly state: 'up' | 'down' | 'refused'
    readonly reason?: 'no-answer' | 'not-a-standby' | 'another-database' | 'isolation'
    readonly cause?: unknown
  }
  conflict: ModelEvent & { readonly key: string }
  publish: { readonly model: string; readonly tags: number; readonly put: boolean }
  unpublished: { readonly tags: number; readonly cause: unknown }
  /** Owed tags were published; `left`: owed still, or anew. */
  settled: { readonly tags: number; readonly left: number }
  accept: ModelEvent & { readonly row: string; readonly sequence: number }
  direct: ModelEvent & { readonly reason: string }
  /** Rows of an `eventual` answer are shown with the values that are pending on them. */
  overlay: ModelEvent & { readonly rows: number }
  /** Pending rows of one shard came near its share of `maxPending`, or filled it. */
  stock: {
    readonly model: string
    readonly state: 'filling' | 'full'
    /** At most this many. */
    readonly rows: number
    readonly bound: number
    readonly onFull: 'block' | 'writeThrough' | 'reject'
  }
  flush: {
    readonly model: string
    readonly shard: number
    readonly rows: number
    readonly rejected: number
    readonly ms: number
  }
  reject: { readonly model: string; readonly row: string; readonly error: string }
  lost: {
    readonly model: string
    readonly cause: string
    /** Rows that were pending when this worker last looked, and how long before that was; absent where it never has. */
    readonly pending?: number
    readonly seenMsAgo?: number
  }
  link: { readonly state: 'up' | 'down' | 'checking'; readonly cause?: unknown }
  /** Whether copies are kept in the process: `off` drops all of them. */
  near: { readonly state: 'on' | 'off'; readonly cause?: unknown }
  epoch: { readonly cause: 'server' | 'unpublished' }
}

export type EventName = keyof Events
export type Listener<N extends EventName> = (event: Events[N]) => void

export interface EventBus {
  emit<N extends EventName>(name: N, event: Events[N]): void
  /** @returns a function that removes the listener */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
}

/** A listener that throws reports to `onError` and disturbs nobody: no operation may fail because somebody watched it. */
export function createEventBus(onError: (error: unknown) => void = () => {}): EventBus {
  const listeners = new Map<EventName, Set<Listener<never>>>()
  return {
    emit(name, event) {
      const set = listeners.get(name)
      if (!set) return
      for (const listener of set) {
        try {
          ;(listener as Listener<typeof name>)(event)
        } catch (error) {
          onError(error)
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener as Listener<never>))
      return () => void set.delete(listener as Listener<never>)
    },
  }
}
