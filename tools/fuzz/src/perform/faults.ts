import type { Bench } from './bench.js'
import type { Memory } from './memory.js'

/** What can happen to Redis, or to the way there. */
export interface Faults {
  /** While `work` runs, what passes between the cached clients and Redis is late, each piece by a time of its own. */
  slowly<R>(ms: number, work: () => Promise<R>): Promise<R>
  /** While `work` runs, the client does not reach Redis; then it is waited for until it does again. */
  without<R>(client: number, work: () => Promise<R>): Promise<R>
  keep(): Promise<void>
  forget(): Promise<void>
  evict(salt: number): Promise<void>
}

export function createFaults({ cached, wires }: Bench, memory: Memory): Faults {
  /** Cut off until `work` is done. */
  async function cutOff<R>(clients: readonly number[], work: () => Promise<R>): Promise<R> {
    const down = clients.map((i) => stateOf(i, 'down'))
    for (const i of clients) wires[i]!.cut()
    await Promise.all(down)
    const up = clients.map((i) => stateOf(i, 'up'))
    try {
      return await work()
    } finally {
      for (const i of clients) wires[i]!.mend()
      await Promise.all(up)
    }
  }

  function stateOf(client: number, wanted: 'up' | 'down'): Promise<void> {
    return new Promise((resolve) => {
      const off = cached[client]!.$cache.on('link', ({ state }) => {
        if (state !== wanted) return
        off()
        resolve()
      })
    })
  }

  return {
    async slowly(ms, work) {
      for (const wire of wires) wire.slow(ms)
      try {
        return await work()
      } finally {
        for (const wire of wires) wire.slow(0)
      }
    },
    without: (client, work) => cutOff([client], work),
    keep: memory.keep,
    async forget() {
      await cutOff([...cached.keys()], memory.restore)
      await memory.begun()
    },
    evict: memory.evict,
  }
}
