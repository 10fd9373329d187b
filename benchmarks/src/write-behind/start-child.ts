import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Methods } from './child.js'

export interface Child {
  call<K extends keyof Methods>(name: K, ...args: Parameters<Methods[K]>): Promise<Awaited<ReturnType<Methods[K]>>>
  stop(): Promise<void>
}

/** A process of its own, which ends with this one. */
export function startChild(): Child {
  const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let calls = 0
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error('a process of the benchmark ended'))
      resolve()
    })
  })
  child.on('message', ({ id, result, error }: { id: number; result: never; error?: string }) => {
    const caller = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) caller?.resolve(result)
    else caller?.reject(new Error(error))
  })
  return {
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++calls
        waiting.set(id, { resolve, reject })
        child.send({ id, name, args })
      }),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
