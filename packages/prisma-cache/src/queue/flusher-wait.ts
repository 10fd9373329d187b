import type { Cluster, Redis } from 'ioredis'
import type { Keys } from '../protocol/keys.js'
import { lowestPending, readFlushState } from './flush-state.js'

/** Waiting for shards to be applied up to a sequence. All who wait for one shard share its job and its polling. */
export interface ShardWaits {
  /** Waits until nothing of the shard up to `mark` is open or sealed. */
  applied(model: string, shard: number, mark: number): ShardWait
  close(): void
}

export interface ShardWait {
  /** Resolves to whether it was applied; to false after `giveUp`. Rejects when the waits are closed. */
  readonly done: Promise<boolean>
  /** Leaves the others waiting. */
  giveUp(): void
}

export interface ShardWaitsOptions {
  readonly redis: Redis | Cluster
  readonly keys: Keys
  /** Brings the shard's job forward. May reject: it is asked again. */
  readonly urge: (model: string, shard: number) => Promise<void>
}

interface Waiter {
  readonly mark: number
  readonly resolve: (applied: boolean) => void
  readonly reject: (error: Error) => void
}

interface Watched {
  readonly waiters: Set<Waiter>
  /** Ends the pause between two polls. */
  wake: () => void
  /** Set when somebody came: the shard's job is brought forward soon, however long the others have waited. */
  joined: boolean
}

/** A flush takes a few milliseconds when all is well, and until Postgres is back when it is not. */
const FIRST_POLL_MS = 2
const LONGEST_POLL_MS = 50
/** Writers that wait for each of their writes would else bring the job forward with every one. */
const NEXT_JOINER_MS = 10
const FIRST_URGE_MS = 100
const LONGEST_URGE_MS = 5000

export function createShardWaits({ redis, keys, urge }: ShardWaitsOptions): ShardWaits {
  const shards = new Map<string, Watched>()
  let closed = false

  async function watch(model: string, shard: number, id: string): Promise<void> {
    const entry = shards.get(id)!
    let poll = FIRST_POLL_MS
    let urgeEvery = FIRST_URGE_MS
    let urged = Number.NEGATIVE_INFINITY
    let urgeAt = urged
    let seen = ''
    while (entry.waiters.size > 0 && !closed) {
      // Who comes while the question is under way may wait for something that the answer does not know.
      const asking = [...entry.waiters]
      const state = await readFlushState(redis, keys, model, shard).catch(() => undefined)
      if (state) {
        const lowest = lowestPending(state)
        const now = `${state.open} ${state.sealed}`
        for (const waiter of asking) {
          if (lowest > waiter.mark) {
            entry.waiters.delete(waiter)
            waiter.resolve(true)
          }
        }
        if (seen !== '' && now !== seen) {
          // Something moves: what remains may need a job of its own now, which nobody else asks for in time.
          poll = FIRST_POLL_MS
          urgeEvery = FIRST_URGE_MS
          if (state.sealed === Number.POSITIVE_INFINITY) urgeAt = urged
        }
        seen = now
      }
      if (entry.waiters.size === 0) break
      if (entry.joined) {
        entry.joined = false
        poll = FIRST_POLL_MS
        urgeAt = Math.min(urgeAt, urged + NEXT_JOINER_MS)
      }
      if (performance.now() >= urgeAt) {
        await urge(model, shard).catch(() => {})
        urged = performance.now()
        urgeAt = urged + urgeEvery
        urgeEvery = Math.min(urgeEvery * 2, LONGEST_URGE_MS)
      }
      await pause(poll, entry)
      poll = Math.min(poll * 1.5, LONGEST_POLL_MS)
    }
    shards.delete(id)
  }

  return {
    applied(model, shard, mark) {
      const id = `${model}.${shard}`
      let giveUp = () => {}
      const done = new Promise<boolean>((resolve, reject) => {
        const waiter: Waiter = { mark, resolve, reject }
        giveUp = () => {
          shards.get(id)?.waiters.delete(waiter)
          resolve(false)
        }
        const entry = shards.get(id)
        if (entry) {
          entry.waiters.add(waiter)
          entry.joined = true
          entry.wake()
        } else {
          shards.set(id, { waiters: new Set([waiter]), wake() {}, joined: false })
          void watch(model, shard, id)
        }
      })
      return { done, giveUp }
    },
    close() {
      closed = true
      for (const { waiters, wake } of shards.values()) {
        for (const waiter of waiters)
          waiter.reject(new Error('the client was disconnected while it waited for a flush'))
        waiters.clear()
        wake()
      }
    },
  }
}

function pause(ms: number, entry: Watched): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    entry.wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}
