import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
// Which script is which is known by its hash alone, and that is no part of the package's face.
import * as commands from '../../../../../packages/prisma-cache/dist/protocol/commands.generated.js'
import { type Actor, actorOf, cutOff, never } from './actor.js'
import type { ChildSettings, Trap } from './messages.js'

/**
 * The named points, in processes of this harness alone: the connections to Redis and Postgres are wrapped, and what is
 * sent says where on the way the process is. Each step has three points: `before` it is sent, `sent` when it is on its
 * way and nobody has read an answer, `after` when the answer is there and nobody has acted on it.
 */
export interface Points {
  configure(settings: ChildSettings): void
  arm(trap: Trap | undefined): void
}

type Step = string
type Moment = 'before' | 'sent' | 'after'

export function installPoints(announce: (point: string) => void): Points {
  let settings: ChildSettings | undefined
  let trap: Trap | undefined
  let left = 0
  const scripts = new Map<string, string>()
  for (const command of Object.values(commands)) {
    scripts.set(command.sha1, command.name)
    scripts.set(command.lua, command.name)
  }

  /** @returns false: this is the end of the actor, and nothing may go on */
  function reach(actor: Actor, step: Step, moment: Moment): boolean {
    if (actor.cut) return false
    if (!trap || trap.point !== `${step}.${moment}` || --left > 0) return true
    const { point, action, pid, signal = 'SIGKILL' } = trap
    trap = undefined
    if (action === 'kill') process.kill(process.pid, 'SIGKILL')
    if (action === 'cut') cutOff(actor)
    announce(point)
    if (action === 'stop') process.kill(process.pid, 'SIGSTOP')
    if (action === 'kill-other') process.kill(pid!, signal)
    return !actor.cut
  }

  const prototype = Redis.prototype as unknown as {
    sendCommand(this: Redis, command: RedisCommand, stream?: unknown): unknown
    defineCommand(name: string, definition: { lua: string }): unknown
  }
  const { sendCommand, defineCommand } = prototype
  prototype.defineCommand = function (name, definition) {
    scripts.set(createHash('sha1').update(definition.lua).digest('hex'), `bull:${name}`)
    return defineCommand.call(this, name, definition)
  }
  prototype.sendCommand = function (command, stream) {
    const actor = actorOf(this)
    if (actor.cut) return never()
    const step = settings && stepOfCommand(command, scripts, settings.role)
    if (!step) return sendCommand.call(this, command, stream)
    if (!reach(actor, step, 'before')) return never()
    const { resolve } = command
    command.resolve = (value) => {
      if (settings?.aof && /^waitaof$/i.test(command.name)) noteConfirmed(settings.aof)
      if (reach(actor, step, 'after')) resolve.call(command, value)
    }
    const sent = sendCommand.call(this, command, stream)
    // Once everything that is sent in this turn is with the kernel.
    process.nextTick(() => reach(actor, step, 'sent'))
    return sent
  }

  const client = pg.Client.prototype as unknown as { query: Query }
  const { query } = client
  client.query = function (config, values, callback) {
    const slowMs = settings?.slowPastMs ?? 0
    if (slowMs === 0 || !settings || stepOfStatement(config, values, settings.role) !== 'direct') {
      return sent.call(this, config, values, callback)
    }
    const later = new Promise((resolve) => setTimeout(resolve, Math.random() * slowMs))
    const answer = later.then(() => sent.call(this, config, values, callback))
    return [values, callback].some((one) => typeof one === 'function') ? undefined : answer
  }

  const sent: Query = function (config, values, callback) {
    const actor = actorOf(this)
    if (actor.cut) return never()
    const step = settings && stepOfStatement(config, values, settings.role)
    if (!step) return query.call(this, config, values, callback)
    if (!reach(actor, step, 'before')) return never()
    const told = [values, callback].find((one) => typeof one === 'function') as Callback | undefined
    const heard: Callback = (error, result) => {
      if (reach(actor, step, 'after')) told?.(error, result)
    }
    const [second, third] = [told && values === told ? heard : values, told && callback === told ? heard : callback]
    const answer = query.call(this, config, second, third)
    process.nextTick(() => reach(actor, step, 'sent'))
    if (told || !(answer instanceof Promise)) return answer
    return answer.then((result) => (reach(actor, step, 'after') ? result : never()))
  }

  return {
    configure(next) {
      settings = next
    },
    arm(next) {
      trap = next
      left = next?.nth ?? 0
    },
  }
}

interface RedisCommand {
  readonly name: string
  readonly args: readonly unknown[]
  resolve(value: unknown): void
}

type Callback = (error: unknown, result: unknown) => void
type Query = (this: pg.Client, config: unknown, values?: unknown, callback?: unknown) => unknown

const SCRIPT_STEPS: Readonly<Record<string, Step>> = {
  accept: 'accept',
  seal: 'seal',
  drop: 'drop',
  'flush-epoch': 'epoch',
  touch: 'touch',
  'touch-fields': 'touch',
}

function stepOfCommand(
  { name, args }: RedisCommand,
  scripts: ReadonlyMap<string, string>,
  role: ChildSettings['role'],
): Step | undefined {
  if (/^waitaof$/i.test(name)) return role === 'acceptor' ? 'confirm' : 'durable'
  if (name !== 'evalsha' && name !== 'eval') return undefined
  const script = scripts.get(String(args[0]))
  if (script === undefined) return undefined
  if (!script.startsWith('bull:')) return role === 'worker' || script === 'accept' ? SCRIPT_STEPS[script] : undefined
  if (/^bull:add(Standard|Delayed|Prioritized)Job/.test(script)) {
    if (role === 'acceptor') return 'job'
    // Its id is packed among the arguments.
    return args.some((arg) => Buffer.isBuffer(arg) && arg.includes('rejected-')) ? 'reject' : 'next'
  }
  return /^bull:moveToFinished/.test(script) ? 'done' : undefined
}

function stepOfStatement(config: unknown, values: unknown, role: ChildSettings['role']): Step | undefined {
  const { text, values: own } = typeof config === 'string' ? { text: config, values } : (config as pg.QueryConfig)
  if (typeof text !== 'string') return undefined
  if (role === 'acceptor') return /^\s*(INSERT|UPDATE|DELETE)\b/i.test(text) ? 'direct' : undefined
  if (/^BEGIN/i.test(text)) return 'begin'
  if (/^COMMIT/i.test(text)) return 'commit'
  if (text.includes('_prisma_cache_ledger')) {
    const parameters = own ?? values
    if (Array.isArray(parameters) && parameters[0] === '#epoch') return 'draw'
    return /^\s*INSERT/i.test(text) ? 'ledger' : /^\s*UPDATE/i.test(text) ? 'record' : undefined
  }
  return /^\s*(INSERT|UPDATE|DELETE)\b/i.test(text) ? 'rows' : undefined
}

/** A power cut may take everything that is behind the longest file which was confirmed to be on disk. */
function noteConfirmed({ folder, confirmedFile }: NonNullable<ChildSettings['aof']>): void {
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.incr.aof'))
  const sizes = files.map((file) => [file, fs.statSync(path.join(folder, file)).size])
  fs.appendFileSync(confirmedFile, `${JSON.stringify(sizes)}\n`)
}
