import { Cluster, Redis } from 'ioredis'
import { messageOf } from '../errors/message-of.js'
import type { EventBus } from '../events/events.js'
import type { Keys } from '../protocol/keys.js'
import type { Position } from '../protocol/position.js'
import type { Tag } from '../protocol/tag.js'
import type { Connection } from './connection.js'
import { replaceEpoch, verifyEpoch } from './epoch.js'
import { createUnpublished, type Unpublished } from './unpublished.js'

/**
 * The state of the connection as far as belief goes. Redis is asked only while the link is up, and it goes up only
 * after the epoch was compared with the server that answers and what this process owed was published.
 */
export interface Link {
  readonly keys: Keys
  readonly redis: Redis | Cluster
  readonly cluster: boolean
  readonly unpublished: Unpublished
  /** Milliseconds that a fence may last, and so that a new epoch holds writers back from putting. */
  readonly leaseMs: number
  /** Resolves when the first attempt to connect has ended, either way. Later calls are immediate. */
  settled(): Promise<void>
  isUp(): boolean
  /** Why the link is down, naming the server and what it said. */
  downError(): Error
  /** Changes whenever the connection was lost: what was sent under another number is not believed. */
  generation(): number
  /** An answer came. */
  answered(): void
  /** No answer came in time, or an error: after a few in a row the link goes down until Redis answers again. */
  failed(cause: unknown): void
  /** The epoch is gone, so Redis forgot under a standing connection: nothing is believed until a new one stands. */
  epochLost(): void
  /** Publishes what is owed now, or later when it cannot be done now. */
  publishOwed(): void
  /** Whoever writes says what its write has replaced, or may have, before its caller goes on. */
  replaced(tags: readonly Tag[]): void
  /** Where replicas are used: what is done for them after each COMMIT. */
  readonly replication: Replication | undefined
  close(): Promise<void>
}

export interface Replication {
  /** Where the primary is now; called after COMMIT. Undefined: it could not be told. Never rejects. */
  committed(): Promise<Position | undefined>
  /** The write has replaced these versions, and shows at `position`. Resolves when whoever wrote may go on. Never rejects. */
  published(tags: readonly Tag[], markers: ReadonlyMap<string, string>, position: Position): Promise<void>
}

export interface LinkOptions {
  readonly connection: Connection
  readonly keys: Keys
  readonly events: EventBus
  readonly leaseMs: number
  /** Publishes the tags; the link cannot know how, since the store stands on it. */
  readonly publish: (tags: Parameters<Unpublished['add']>[0]) => Promise<void>
  readonly replaced?: (tags: readonly Tag[]) => void
  readonly replication?: Replication | undefined
}

const RETRY_MS = 200
/** Failures in a row after which nobody waits for this server any more: each has cost somebody the command timeout. */
const BREAK_AFTER = 3

export function createLink(options: LinkOptions): Link {
  const { connection, keys, events, leaseMs } = options
  const { redis } = connection
  const unpublished = createUnpublished()
  let state: 'idle' | 'checking' | 'up' | 'down' | 'closed' = 'idle'
  const isClosed = () => state === 'closed'
  let generation = 0
  let lastError: unknown
  let firstSettled: Promise<void> | undefined
  let settleFirst = () => {}
  let retry: NodeJS.Timeout | undefined
  let failures = 0
  let everUp = false
  let warned = false

  async function comeUp(): Promise<void> {
    const mine = generation
    state = 'checking'
    try {
      // ioredis goes on with database 0 where the one of the URL does not exist.
      if (redis instanceof Redis && redis.options.db) await redis.select(redis.options.db)
      if (await verifyEpoch(redis, keys, leaseMs)) events.emit('epoch', { cause: 'server' })
      await payDebts()
      if (mine !== generation || state !== 'checking') return
      state = 'up'
      failures = 0
      everUp = true
      events.emit('link', { state: 'up' })
      settleFirst()
      publishOwed() // what came to be owed while the rest was paid
    } catch (error) {
      if (mine !== generation || isClosed()) return
      wentDown(error)
      later()
    }
  }

  async function payDebts(): Promise<void> {
    if (unpublished.size === 0) return
    const owed = unpublished.size
    await unpublished.settle(async (tags, overflown) => {
      if (overflown) {
        await replaceEpoch(redis, keys, leaseMs)
        events.emit('epoch', { cause: 'unpublished' })
      }
      await options.publish(tags)
    })
    events.emit('settled', { tags: owed, left: unpublished.size })
  }

  function publishOwed(): void {
    if (state === 'up') void payDebts().catch(later)
  }

  function wentDown(cause: unknown): void {
    if (state === 'closed') return
    generation++
    const was = state
    state = 'down'
    settleFirst()
    lastError = cause
    if (was !== 'down') events.emit('link', { state: 'down', cause })
    // A wrong URL or password would else show only as a cache that never hits.
    if (everUp || warned) return
    warned = true
    process.emitWarning(`${downError().message}. Until it is, nothing is cached.`, 'PrismaCacheWarning')
  }

  function downError(): Error {
    const reason = messageOf(lastError)
    return new Error(`Redis at ${addressOf(redis)} is not reachable${reason ? ` (${reason})` : ''}`, {
      cause: lastError,
    })
  }

  /** Tries again whatever is to be tried by then: a debt that could not be paid may have become a link that is down. */
  function later(): void {
    if (retry) return
    retry = setTimeout(() => {
      retry = undefined
      if (state === 'down' && redis.status === 'ready') void comeUp()
      else publishOwed()
    }, RETRY_MS)
    retry.unref()
  }

  const onReady = () => void comeUp()
  const onLost = () => wentDown(lastError ?? new Error('the connection was closed'))
  const onError = (error: unknown) => {
    lastError = error
    if (state !== 'up') wentDown(error)
  }

  function start(): Promise<void> {
    state = 'checking'
    firstSettled = new Promise((resolve) => {
      settleFirst = resolve
    })
    redis.on('ready', onReady)
    redis.on('close', onLost)
    redis.off('error', onError).on('error', onError)
    connection.open()
    if (redis.status === 'ready') onReady()
    return firstSettled
  }

  return {
    keys,
    redis,
    cluster: redis instanceof Cluster,
    unpublished,
    leaseMs,
    settled: () => (state === 'idle' || state === 'closed' ? start() : (firstSettled ?? Promise.resolve())),
    isUp: () => state === 'up',
    downError,
    generation: () => generation,
    answered() {
      failures = 0
    },
    failed(cause) {
      if (state !== 'up' || ++failures < BREAK_AFTER) return
      wentDown(cause)
      later()
    },
    epochLost() {
      if (state !== 'up') return
      generation++
      void comeUp()
    },
    publishOwed,
    replaced: options.replaced ?? (() => {}),
    replication: options.replication,
    async close() {
      if (state === 'idle' || state === 'closed') return
      if (state === 'up') await payDebts().catch(() => {}) // a last attempt; `ttl` and leases bound what remains
      state = 'closed'
      generation++
      clearTimeout(retry)
      retry = undefined
      redis.off('ready', onReady)
      redis.off('close', onLost)
      await connection.close()
      // An owned connection that is ending may still report an error, which must not end the process.
      if (!connection.owned) redis.off('error', onError)
    },
  }
}

function addressOf(redis: Redis | Cluster): string {
  if (redis instanceof Cluster) return 'a cluster'
  const { path, host, port } = redis.options
  return path ?? `${host ?? 'localhost'}:${port ?? 6379}`
}
