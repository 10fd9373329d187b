import type { Redis } from 'ioredis'

/** What a process and its Redis hold at a moment. Bytes, but for `seconds`, `operations` and `keys`. */
export interface Sample {
  /** Since the soak began. */
  readonly seconds: number
  readonly operations: number
  /** After a collection, where the process may ask for one (`--expose-gc`). */
  readonly heap: number
  readonly rss: number
  readonly redis: number
  readonly keys: number
}

export async function takeSample(begun: number, operations: number, redis: Redis): Promise<Sample> {
  // A collection leaves what is still held; without one the heap shows when V8 last found time for it.
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))
  return {
    seconds: (performance.now() - begun) / 1000,
    operations,
    heap: heapUsed,
    rss,
    redis: Number(memory?.[1] ?? 0),
    keys: await redis.dbsize(),
  }
}
