import { type Child, startChild } from './child.js'

/** Processes that have loaded everything and wait to be told what they are. */
export interface Pool {
  take(): Promise<Child>
  /** For the next one who needs it. */
  give(child: Child): void
  close(): Promise<void>
}

/** @param spare processes that are kept ready, so that a killed one is replaced at once */
export function createPool(spare: number, env: NodeJS.ProcessEnv, execArgv: readonly string[]): Pool {
  const ready: Promise<Child>[] = []
  const all = new Set<Child>()
  let closed = false

  function start(): Promise<Child> {
    const starting = startChild(env, execArgv).then((child) => {
      all.add(child)
      void child.ended.then(() => all.delete(child))
      if (closed) child.kill('SIGKILL')
      return child
    })
    starting.catch(() => {}) // told to who takes it
    return starting
  }

  return {
    async take() {
      for (;;) {
        const child = await (ready.shift() ?? start())
        while (ready.length < spare && !closed) ready.push(start())
        if (child.alive()) return child
      }
    },
    give(child) {
      if (child.alive()) ready.unshift(Promise.resolve(child))
    },
    async close() {
      closed = true
      await Promise.allSettled(ready)
      const left = [...all]
      for (const child of left) child.kill('SIGKILL')
      await Promise.all(left.map(({ ended }) => ended))
    },
  }
}
