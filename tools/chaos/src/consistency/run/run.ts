import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createDatabase, databaseUrl, dropDatabase } from '@prisma-cache/servers'
import { createRandom } from '../../random.js'
import type { Exceptions, Violation } from '../check/verdict.js'
import { CALM, FAULTS, makeFaults, type Stage } from '../faults/faults.js'
import { openLine } from '../faults/line.js'
import type { RedisHost } from '../faults/redis-host.js'
import type { ReplicaHost } from '../faults/replica-host.js'
import { type ClassName, REGISTER_MODELS } from '../models.js'
import { createCollector } from './collector.js'
import { startProcesses } from './processes.js'
import { makeTables } from './tables.js'

export interface RunOptions {
  readonly seed: number
  readonly seconds: number
  readonly processes: number
  /** Callers at once in each process. */
  readonly actors: number
  readonly classes: readonly ClassName[]
  /** Left out: all of the classes. */
  readonly models?: readonly string[] | undefined
  /** Parts of the names of the faults to make. */
  readonly faults: readonly string[]
  /** Arguments and environment of the client processes, by which a guard is taken out. */
  readonly client?: { readonly execArgv: readonly string[]; readonly env: Readonly<Record<string, string>> }
  /** Milliseconds that new registers are taken for; the shorter, the sooner they are checked. */
  readonly generationMs?: number
  readonly leaseMs?: number | undefined
  /** Operations after which the run ends. */
  readonly atMost?: number
}

export interface RunResult {
  readonly violations: readonly Violation[]
  readonly exceptions: Exceptions
  /** Errors that reached a caller of a read, and processes that ended by themselves. */
  readonly broken: readonly string[]
  /** Calls, by class. */
  readonly calls: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly counts: Readonly<Record<string, number>>
  readonly seconds: number
}

/** Short, so that it is used up now and then; and yet no machine is so busy that a renewal is late by half of it. */
const LEASE_MS = 2000

/** What runs share, one after the other. */
export interface Servers {
  readonly postgresUrl: string
  readonly redis: RedisHost
  readonly replica: ReplicaHost | undefined
}

/** One seed: a database and a namespace of its own, clients in processes of their own, faults, and the verdict. */
export async function runHistories(server: Servers, options: RunOptions): Promise<RunResult> {
  const { seed, processes: slots } = options
  const name = `chaos_${process.pid}_${seed}`
  await createDatabase(server.postgresUrl, name)
  const url = databaseUrl(server.postgresUrl, name)
  await makeTables(url)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prisma-cache-chaos-'))
  const lines = await Promise.all(Array.from({ length: slots }, () => openLine(() => server.redis.port())))
  const random = createRandom(seed)
  const origin = String(process.hrtime.bigint())
  const collector = createCollector(slots)
  const broken: string[] = []
  const [calls, faults, counts] = [{}, {}, {}] as Record<string, number>[]
  const models = REGISTER_MODELS.filter(
    ({ name, terms }) => options.classes.includes(terms.consistency) && (options.models?.includes(name) ?? true),
  ).map((model) => model.name)
  let wake = () => {}
  const sadly = new Promise<void>((resolve) => {
    wake = resolve
  })

  const processes = await startProcesses({
    slots,
    execArgv: options.client?.execArgv ?? [],
    env: options.client?.env ?? {},
    settingsOf: (slot, incarnation) => ({
      databaseUrl: url,
      replicaUrls: server.replica ? [databaseUrl(server.replica.url, name)] : [],
      redisUrl: `redis://127.0.0.1:${lines[slot]!.port}`,
      namespace: name,
      seed,
      slot,
      slots,
      incarnation,
      origin,
      generationMs: options.generationMs ?? 6000,
      actors: options.actors,
      models,
      leaseMs: options.leaseMs ?? LEASE_MS,
      commandTimeoutMs: 500,
      lastWords: path.join(folder, `${slot}.${incarnation}`),
    }),
    told(slot, message, send) {
      if (message.kind === 'done') {
        collector.done(slot, message.generation, message.ops)
        addTo(calls!, message.calls)
        const sum = Object.values(calls!).reduce((a, b) => a + b, 0)
        if (collector.violations.length > 0 || sum >= (options.atMost ?? Number.POSITIVE_INFINITY)) wake()
      } else if (message.kind === 'pass') send(message.to, { kind: 'session', handoff: message.handoff })
      else if (message.kind === 'broken') broken.push(message.what)
      else if (message.kind === 'stopped') {
        addTo(counts!, message.counts)
        collector.stopped(slot)
      }
      if (broken.length > 0) wake()
    },
    left(_slot, words) {
      collector.lastWords(words.ops)
      addTo(calls!, words.calls)
      addTo(counts!, words.counts)
    },
    broken(what) {
      broken.push(what)
      wake()
    },
  })
  const begun = performance.now()
  try {
    for (let slot = 0; slot < slots; slot++) calm(slot)
    const stage: Stage = {
      redis: server.redis,
      replica: server.replica,
      leaseMs: options.leaseMs ?? LEASE_MS,
      lines,
      async kill(slot, point) {
        await processes.kill(slot, point)
        calm(slot)
      },
      hold: (slot, point, hold) => processes.send(slot, { kind: 'hold', point, ...hold }),
      rest: (slot, ms) => processes.send(slot, { kind: 'rest', ms }),
    }
    let stopping = false
    const chosen = FAULTS.filter((fault) => options.faults.some((part) => fault.name.includes(part)))
    const faulty = makeFaults(stage, random, {
      faults: chosen,
      made: ({ name }) => addTo(faults!, { [name]: 1 }),
      stopping: () => stopping,
    })
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, options.seconds * 1000)),
      sadly,
      faulty.then(() => sadly),
    ])
    stopping = true
    await faulty
    await processes.stop()
  } finally {
    processes.end()
    await Promise.all(lines.map((line) => line.close()))
    fs.rmSync(folder, { recursive: true, force: true })
    await dropDatabase(server.postgresUrl, name)
  }
  const seconds = (performance.now() - begun) / 1000
  const { violations, exceptions } = collector
  return { violations, exceptions, broken, calls: calls!, faults: faults!, counts: counts!, seconds }

  function calm(slot: number): void {
    for (const point of ['fenced', 'stated', 'committed', 'loaded'] as const) {
      processes.send(slot, { kind: 'hold', point, ...CALM })
    }
  }
}

export function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, n] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + n
}
