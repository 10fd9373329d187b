import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Methods, Response } from './protocol.js'

/** What answers the calls of `M` from another process. */
export interface Remote<M extends Methods> {
  call<K extends keyof M & string>(name: K, ...args: Parameters<M[K]>): Promise<Awaited<ReturnType<M[K]>>>
}

/** A process of ours. */
export interface Child<M extends Methods> extends Remote<M> {
  readonly pid: number
  /** Lets it finish what it does; resolves once it is gone. */
  stop(): Promise<void>
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>
}

export class ChildFailed extends Error {
  override readonly name = 'ChildFailed'
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

const STOP_WITHIN_MS = 10_000

/** Starts `entry`, a module that calls `serveParent`. */
export function startChild<M extends Methods>(name: string, entry: URL): Child<M> {
  const child = fork(fileURLToPath(entry), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone = false

  const fail = (why: string) => {
    gone = true
    for (const { reject } of waiting.values()) reject(new ChildFailed(why))
    waiting.clear()
  }
  child.on('error', (error) => fail(`${name}: ${error.message}`))
  child.on('exit', (code, signal) => fail(`${name} ended (${signal ?? `exit ${code}`})`))
  child.on('message', (response: Response) => {
    const caller = waiting.get(response.id)
    waiting.delete(response.id)
    if (!caller) return
    if (!('error' in response)) return caller.resolve(response.result)
    caller.reject(new ChildFailed(`${name}: ${response.error.stack ?? response.error.message}`))
  })

  return {
    pid: child.pid ?? -1,
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(new ChildFailed(`${name} is not running`))
        const id = ++lastId
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
        child.send({ id, name: method, args })
      }),
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    child.once('exit', () => {
      clearTimeout(late)
      resolve()
    })
    child.kill(signal)
  })
}
