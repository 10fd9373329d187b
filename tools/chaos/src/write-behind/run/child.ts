import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import {
  type ChildSettings,
  decode,
  encode,
  type FromChild,
  type Reply,
  type ToChild,
  type Trap,
} from '../child/messages.js'
import type { Past } from '../model/operations.js'
import { within } from './within.js'

/** From the sources as from dist: a child runs what is built. */
const MAIN = path.resolve(import.meta.dirname, '../../../dist/write-behind/child/main.js')

/** A process that is there to be killed, seen from outside. */
export interface Child {
  readonly pid: number
  alive(): boolean
  /** Resolves with the signal that ended it. */
  readonly ended: Promise<string | null>
  /** What it is was cut off: nothing is answered any more, and it may be opened again. */
  cut(): void
  /** How often it was. */
  cuts(): number
  /** What it told beside its answers. */
  readonly told: readonly string[]
  open(settings: ChildSettings): Promise<void>
  /** Undefined: it died before it answered. */
  call(model: string, operation: string, args: unknown, way?: Past): Promise<Reply | undefined>
  cache(method: 'flush' | 'pending' | 'status', ...args: readonly unknown[]): Promise<Reply | undefined>
  /** `sprung` is called at once where the child lives on; where it is killed, it just ends. */
  arm(trap: Trap, sprung: (point: string) => void): void
  disarm(): void
  kill(signal: NodeJS.Signals): void
  /** Resolves to whether it may be used again. */
  close(withinMs: number): Promise<boolean>
}

export async function startChild(env: NodeJS.ProcessEnv, execArgv: readonly string[]): Promise<Child> {
  const process_ = fork(MAIN, { env, execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let errors = ''
  process_.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000)
  })
  const child = handle(process_)
  const first = await Promise.race([next(process_, 'ready'), child.ended])
  if (first !== true) throw new Error(`a child ended while it started (${first}): ${errors}`)
  return child
}

async function next(process_: ChildProcess, type: FromChild['type']): Promise<true> {
  for (;;) {
    const [message] = (await once(process_, 'message')) as [FromChild]
    if (message.type === 'failed') throw new Error(message.error)
    if (message.type === type) return true
  }
}

function handle(process_: ChildProcess): Child {
  const waiting = new Map<number, (reply: Reply | undefined) => void>()
  const told: string[] = []
  let calls = 0
  let alive = true
  let cuts = 0
  let onSprung: (point: string) => void = () => {}
  const forget = () => {
    for (const resolve of waiting.values()) resolve(undefined)
    waiting.clear()
  }
  const ended = new Promise<string | null>((resolve) => {
    process_.once('exit', (code, signal) => {
      alive = false
      forget()
      resolve(signal ?? `code ${code}`)
    })
  })
  process_.on('error', () => {}) // it ended while it was written to
  process_.on('message', (message: FromChild) => {
    if (message.type === 'done') {
      waiting.get(message.call)?.(decode(message.reply) as Reply)
      waiting.delete(message.call)
    } else if (message.type === 'sprung') onSprung(message.point)
    else if (message.type === 'told' && told.length < 200) told.push(`${message.what}: ${message.text}`)
  })
  const send = (message: ToChild) => void (alive && process_.send(message, () => {}))
  const ask = (message: (call: number) => ToChild) =>
    new Promise<Reply | undefined>((resolve) => {
      if (!alive) return resolve(undefined)
      const call = ++calls
      waiting.set(call, resolve)
      send(message(call))
    })
  return {
    pid: process_.pid!,
    alive: () => alive,
    ended,
    cut() {
      cuts++
      forget()
    },
    cuts: () => cuts,
    told,
    async open(settings) {
      const opened = next(process_, 'opened')
      opened.catch(() => {})
      send({ type: 'open', settings })
      const how = await Promise.race([opened, ended])
      if (how !== true) throw new Error(`a child ended while it opened: ${how}`)
    },
    call: (model, operation, args, way) =>
      ask((call) => ({ type: 'call', call, model, operation, args: encode(args), ...(way ? { way } : {}) })),
    cache: (method, ...args) => ask((call) => ({ type: 'cache', call, method, args })),
    arm(trap, sprung) {
      onSprung = sprung
      send({ type: 'arm', trap })
    },
    disarm() {
      send({ type: 'disarm' })
    },
    kill: (signal) => void (alive && process_.kill(signal)),
    async close(withinMs) {
      if (!alive) return false
      const closed = next(process_, 'closed').catch(() => false)
      send({ type: 'close' })
      const ok = (await within(Promise.race([closed, ended]), withinMs)) === true
      told.length = 0
      return ok && alive
    },
  }
}
