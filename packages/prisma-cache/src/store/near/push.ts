import type { Redis } from 'ioredis'
import { serverIdentity } from '../server-identity.js'

/** Told of keys that changed, over a connection of its own. Whoever listens knows at each moment whether it hears. */
export interface Push {
  /** The server that is listened to; undefined while it is not. */
  readonly server: string | undefined
  /** Is every change told that was made more than a moment ago? */
  isSure(): boolean
  /** Pings that were sent, and the last one of them that came back: everything that changed before it was sent is told. */
  readonly sent: number
  readonly back: number
  /** Sends a ping now, or as soon as the one under way is back. */
  ping(): void
  close(): Promise<void>
}

export interface PushOptions {
  /** Not connected yet; ended by `close`. Speaks RESP2, in which changes come as messages. */
  readonly redis: Redis
  readonly prefixes: readonly string[]
  /** Undefined: all keys. */
  changed(key: string | undefined): void
  /** From now on nothing is known of what changes; `refused`: and never will be over this connection. */
  lost(cause: unknown, refused: boolean): void
  listening(): void
  /** A ping is back. */
  heard(): void
  now(): number
}

const BEAT_MS = 500
/** A connection that is open on this side only is noticed after this long, and nothing is served from then on. */
export const TRUST_MS = 2000
const CHANNEL = '__redis__:invalidate'

export function createPush({ redis, prefixes, changed, lost, listening, heard, now }: PushOptions): Push {
  let server: string | undefined
  let turn = 0
  let sent = 0
  let back = 0
  let backSentAt = Number.NEGATIVE_INFINITY
  let underway: number | undefined
  let again = false
  let lastError: unknown
  let closed = false

  /** Tracking goes before the subscription: nothing else can be said on a connection that subscribes. */
  async function listen(): Promise<void> {
    const mine = ++turn
    try {
      const found = await serverIdentity(redis)
      const id = await redis.client('ID')
      // One connection for both: with one that tracks and another that listens, either could end unnoticed.
      await redis.client('TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes.flatMap((text) => ['PREFIX', text]))
      await redis.subscribe(CHANNEL)
      if (mine !== turn) return
      server = found
      listening()
      underway = undefined
      ping()
    } catch (error) {
      if (mine !== turn) return
      const refused = (error as Partial<Error>).name === 'ReplyError'
      stopped(error, refused)
      if (!refused) redis.disconnect(true)
    }
  }

  function ping(): void {
    if (server === undefined) return
    again = underway !== undefined
    if (again) return
    const mine = turn
    const serial = ++sent
    const at = now()
    underway = at
    redis.ping().then(
      () => {
        if (mine !== turn) return
        back = serial
        backSentAt = at
        underway = undefined
        heard()
        if (again) ping()
      },
      () => {}, // the connection is lost, or the beat notices
    )
  }

  function beat(): void {
    if (underway !== undefined && now() - underway > TRUST_MS) redis.disconnect(true)
    else if (server !== undefined) ping()
  }

  function stopped(cause: unknown, refused = false): void {
    turn++
    server = undefined
    underway = undefined
    backSentAt = Number.NEGATIVE_INFINITY
    if (!closed) lost(cause, refused)
  }

  redis.on('messageBuffer', (_channel: Buffer, keys: unknown) => {
    if (closed) return
    if (Array.isArray(keys)) for (const key of keys) changed(String(key))
    else changed(undefined)
  })
  redis.on('ready', () => void listen())
  redis.on('close', () => stopped(lastError ?? new Error('the connection was closed')))
  redis.on('error', (error: unknown) => {
    lastError = error
  })
  const beats = setInterval(beat, BEAT_MS)
  beats.unref()
  redis.connect().catch(() => {}) // told by the 'error' event

  return {
    get server() {
      return server
    },
    isSure: () => now() - backSentAt < TRUST_MS,
    get sent() {
      return sent
    },
    get back() {
      return back
    },
    ping,
    async close() {
      closed = true
      clearInterval(beats)
      stopped(undefined)
      // Between two attempts, and before the first, there is nothing that could end.
      const waits = redis.status === 'reconnecting' || redis.status === 'wait' || redis.status === 'end'
      const ended = new Promise<void>((resolve) => redis.once('end', resolve))
      redis.disconnect()
      if (!waits) await ended
    },
  }
}
