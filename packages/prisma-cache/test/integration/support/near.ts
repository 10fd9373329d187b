import type { Redis } from 'ioredis'
import type { Bench } from './bench.js'
import { type ExtendOptions, extend } from './extended.js'

/** A client whose near copies a test can follow step by step. */
export function extendNear(bench: Bench, options: ExtendOptions = {}) {
  const redis = bench.redis()
  const pushes = holdPushes(redis)
  const client = extend(bench, { redis, ...options })
  const hook = Symbol.for('prisma-cache.caughtUp')
  const caughtUp = () => (client.prisma.$cache as unknown as Record<symbol, () => Promise<void>>)[hook]!()
  const listening = client.until('near')
  return {
    ...client,
    redis,
    pushes,
    /** Resolves when everything that changed before the call is told. */
    caughtUp,
    /** Reads until a copy is kept, and may be served. */
    async keep(read: () => PromiseLike<unknown>) {
      await read()
      await listening
      // Making a version is a change of it too, whose news may come after the entry.
      await caughtUp()
      await read()
      await caughtUp()
    },
  }
}

/** What Redis pushes to duplicates of the client can be held back, as on a network that is slow one way. */
export function holdPushes(redis: Redis) {
  const made: Redis[] = []
  const duplicate = redis.duplicate.bind(redis)
  redis.duplicate = (...args: Parameters<Redis['duplicate']>) => {
    const one = duplicate(...args)
    made.push(one)
    return one
  }
  const streams = () => made.flatMap((one) => (one as unknown as { stream?: NodeJS.ReadableStream }).stream ?? [])
  return {
    made,
    hold: () => void streams().map((stream) => stream.pause()),
    release: () => void streams().map((stream) => stream.resume()),
  }
}

/** Holds the answer of the next command of this name: Redis has given it, and the client does not know yet. */
export function holdReplies(redis: Redis, name: 'mget' | 'hgetall') {
  let open = () => {}
  let arrive = () => {}
  const pass = new Promise<void>((resolve) => {
    open = resolve
  })
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const send = redis[name].bind(redis) as (...args: unknown[]) => Promise<unknown>
  ;(redis as unknown as Record<string, unknown>)[name] = async (...args: unknown[]) => {
    delete (redis as unknown as Record<string, unknown>)[name]
    const reply = await send(...args)
    arrive()
    await pass
    return reply
  }
  return { arrived, open }
}
