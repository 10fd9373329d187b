import { type ChildProcess, fork } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import type { ClientSettings, FromClient, LastWords, Point, ToClient } from '../client/messages.js'

export interface Processes {
  send(slot: number, message: ToClient): void
  /** Resolves when the process has ended there, and another has taken its place. */
  kill(slot: number, point: Point): Promise<void>
  /** Lets all finish what they do. */
  stop(): Promise<void>
  /** Ends all at once. */
  end(): void
}

export interface ProcessesOptions {
  readonly slots: number
  settingsOf(slot: number, incarnation: number): ClientSettings
  /** Arguments of node, ahead of the program. */
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** `send` is there before all have started: the first may tell something that concerns another by then. */
  told(slot: number, message: FromClient, send: Processes['send']): void
  left(slot: number, words: LastWords): void
  broken(what: string): void
}

interface Running {
  readonly child: ChildProcess
  readonly settings: ClientSettings
  expected: boolean
  readonly ended: Promise<void>
}

const PROGRAM = fileURLToPath(new URL('../client/main.js', import.meta.url))

/** One process of clients a slot; where one is killed the next begins. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  let incarnations = 0
  const running: Running[] = []
  const send: Processes['send'] = (slot, message) => {
    const child = running[slot]?.child
    if (child?.connected) child.send(message)
  }

  async function start(slot: number): Promise<void> {
    const settings = options.settingsOf(slot, ++incarnations)
    const child = fork(PROGRAM, {
      env: { ...process.env, ...options.env, CHAOS_CLIENT: JSON.stringify(settings) },
      execArgv: [...options.execArgv],
      serialization: 'advanced',
    })
    let ready = () => {}
    const begun = new Promise<void>((resolve) => {
      ready = resolve
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const own: Running = { child, settings, expected: false, ended }
    running[slot] = own
    child.on('message', (message: FromClient) => {
      if (message.kind === 'ready') ready()
      if (message.kind === 'stopped') own.expected = true
      options.told(slot, message, send)
    })
    child.once('exit', (code, signal) => {
      ready()
      if (!own.expected) options.broken(`process ${slot} ended by itself: ${signal ?? code}`)
    })
    await begun
  }

  await Promise.all(Array.from({ length: options.slots }, (_, slot) => start(slot)))
  return {
    send,
    async kill(slot, point) {
      const { child, settings, ended } = running[slot]!
      running[slot]!.expected = true
      child.send({ kind: 'kill', point } satisfies ToClient)
      await ended
      if (fs.existsSync(settings.lastWords)) {
        options.left(slot, v8.deserialize(fs.readFileSync(settings.lastWords)) as LastWords)
        fs.rmSync(settings.lastWords)
      }
      await start(slot)
    },
    async stop() {
      for (const { child } of running) if (child.connected) child.send({ kind: 'stop' } satisfies ToClient)
      await Promise.all(running.map(({ ended }) => ended))
    },
    end() {
      for (const own of running) {
        own.expected = true
        own.child.kill('SIGKILL')
      }
    },
  }
}
