import fs from 'node:fs'
import v8 from 'node:v8'
import type { Op } from '../history/op.js'
import { REGISTER_MODELS, type Register } from '../models.js'
import type { ClientSettings, Counts, FromClient, LastWords, Point } from './messages.js'

type Draft = { -readonly [K in keyof Op]: Op[K] }

/** What one process has seen. Sends each generation once nothing of it can come any more. */
export interface Recorder {
  now(): number
  generation(): number
  /** May an operation on this generation still begin? Its keys live for two. */
  isOpen(generation: number): boolean
  /** Runs an operation on registers of a generation, which is not sent before that has ended. */
  within<T>(register: Register, call: () => Promise<T>): Promise<T>
  /** From here on, until `known`, nobody knows what becomes of the write. */
  begin(generation: number, op: Op): Draft
  add(generation: number, op: Op): void
  /** Writes whose publication was owed until now are published. */
  settled(): void
  count(name: string): void
  /** Leaves everything behind in a file and ends this process as kill -9 does. */
  dieAt(point: Point): never
  /** Sends what is left; no call may be under way. */
  stop(): void
}

interface Generation {
  readonly ops: Draft[]
  open: number
  readonly calls: Record<string, number>
}

export function createRecorder(settings: ClientSettings, send: (message: FromClient) => void): Recorder {
  const origin = BigInt(settings.origin)
  const generations = new Map<number, Generation>()
  const counts: Record<string, number> = {}
  const now = () => Number(process.hrtime.bigint() - origin) / 1000
  const current = () => Math.floor(now() / 1000 / settings.generationMs)
  let next = current()
  let stopping = false

  function of(number: number): Generation {
    let found = generations.get(number)
    if (!found) {
      found = { ops: [], open: 0, calls: {} }
      generations.set(number, found)
    }
    return found
  }

  const isOpen = (generation: number) => !stopping && generation >= current() - 1 && generation >= next

  /** In order, so that the last one sent tells of all before. */
  function sendDone(): void {
    for (; !isOpen(next) && next <= current(); next++) {
      const { open, ops, calls } = of(next)
      if (open > 0) return
      generations.delete(next)
      send({ kind: 'done', generation: next, ops, calls })
    }
  }
  const timer = setInterval(sendDone, 50)

  return {
    now,
    generation: current,
    isOpen,
    async within(register, call) {
      const generation = of(register.generation)
      generation.open++
      const name = classes.get(register.model)!
      generation.calls[name] = (generation.calls[name] ?? 0) + 1
      try {
        return await call()
      } finally {
        generation.open--
      }
    },
    begin(generation, op) {
      const draft = { ...op }
      of(generation).ops.push(draft)
      return draft
    },
    add: (generation, op) => void of(generation).ops.push(op),
    settled() {
      const at = now()
      for (const { ops } of generations.values()) {
        for (const op of ops) if (op.owedUntil === Number.POSITIVE_INFINITY) op.owedUntil = at
      }
    },
    count(name) {
      counts[name] = (counts[name] ?? 0) + 1
    },
    dieAt(point) {
      const all = [...generations.values()]
      const words: LastWords = {
        point,
        ops: all.flatMap(({ ops }) => ops),
        calls: sumOf(all.map(({ calls }) => calls)),
        counts,
      }
      fs.writeFileSync(settings.lastWords, v8.serialize(words))
      process.kill(process.pid, 'SIGKILL')
      for (;;); // the signal is on its way: nothing more may happen here
    },
    stop() {
      stopping = true
      clearInterval(timer)
      for (const [generation, { ops, calls }] of generations) send({ kind: 'done', generation, ops, calls })
      send({ kind: 'stopped', counts })
    },
  }
}

const classes = new Map(REGISTER_MODELS.map(({ name, terms }) => [name, terms.consistency]))

function sumOf(all: readonly Counts[]): Counts {
  const sum: Record<string, number> = {}
  for (const counts of all) for (const [name, n] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + n
  return sum
}
