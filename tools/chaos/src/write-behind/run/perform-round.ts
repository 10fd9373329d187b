import fs from 'node:fs'
import { Redis } from 'ioredis'
import type { Random } from '../../random.js'
import type { Trap } from '../child/messages.js'
import type { Fault } from '../plan/faults.js'
import type { Plan, Round } from '../plan/plan.js'
import type { Cast } from './cast.js'
import type { Child } from './child.js'
import { aofFolder, type Ground, loseUnconfirmed } from './ground.js'
import type { Recorder } from './record.js'
import type { Traffic } from './traffic.js'

export interface Stage {
  readonly plan: Plan
  readonly random: Random
  readonly ground: Ground
  readonly cast: Cast
  readonly traffic: Traffic
  readonly recorder: Recorder
  readonly confirmedFile: string
}

/** What a round's fault came to: where it struck, or that nobody came there. */
export interface Struck {
  readonly fault: Fault
  readonly struck: boolean
}

/** How long a process may take to come to the point, once every write is answered. */
const REACHED_WITHIN_MS = 1500

/** Writes go on while the fault strikes, and until they are answered. */
export async function performRound(stage: Stage, round: Round): Promise<Struck> {
  const { cast, traffic, plan } = stage
  await cast.refill()
  const striking = strike(stage, round.fault)
  let left = round.writes
  const hand = async (i: number, slot: number): Promise<void> => {
    while (left > 0) {
      const child = cast.acceptors[i % Math.max(1, cast.acceptors.length)]
      if (!child) return
      left--
      await traffic.write(child)
      // After a death or a server's end, everything fails at once: not all writes are to be spent on that.
      if (!child.alive() && slot > 0) return
    }
  }
  const hands = Array.from({ length: plan.acceptors * plan.inFlight }, (_, i) =>
    hand(i, Math.floor(i / plan.acceptors)),
  )
  const written = Promise.all(hands)
  const struck = await Promise.race([striking.done, written.then(() => later(REACHED_WITHIN_MS))])
  cast.disarm()
  await striking.after(struck)
  await written
  return { fault: round.fault, struck }
}

interface Strike {
  /** Resolves to true when it has struck. */
  readonly done: Promise<boolean>
  /** What must be mended before the run goes on. */
  after(struck: boolean): Promise<void>
}

function strike(stage: Stage, fault: Fault): Strike {
  if (fault.victim === 'redis' || fault.victim === 'postgres') return strikeServer(stage, fault, fault.victim)
  return fault.how === 'stop' ? strikeStill(stage, fault) : strikeDead(stage, fault)
}

function strikeDead({ cast, random, recorder }: Stage, { victim, at, afterMs }: Fault): Strike {
  const role = victim as 'acceptor' | 'worker'
  const died = cast.death(role)
  if (at) cast.arm(at.role, { point: at.point, nth: at.nth, action: 'kill' }, () => {})
  else setTimeout(() => random.pick(role === 'acceptor' ? cast.acceptors : cast.workers)?.kill('SIGKILL'), afterMs)
  return {
    done: died.then((child) => {
      recorder.note(`${role} ${child.pid} died${at ? ` at ${at.point} ${at.nth}` : ''}`)
      return true
    }),
    after: async () => {},
  }
}

function strikeStill({ cast, recorder }: Stage, { at, forMs }: Fault): Strike {
  const stopped: Child[] = []
  const done = new Promise<boolean>((resolve) => {
    cast.arm(at!.role, { point: at!.point, nth: at!.nth, action: 'stop' }, (child, point) => {
      stopped.push(child)
      recorder.note(`${at!.role} ${child.pid} stands still at ${point}`)
      setTimeout(() => {
        child.kill('SIGCONT')
        recorder.note(`${at!.role} ${child.pid} goes on`)
        resolve(true)
      }, forMs)
    })
  })
  return {
    done,
    async after(struck) {
      // It stands still, and the round is over: the rest of the time passes beside the next writes.
      if (!struck && stopped.length > 0) await done
    },
  }
}

function strikeServer(stage: Stage, { at, afterMs, forMs }: Fault, which: 'redis' | 'postgres'): Strike {
  const { cast, ground, recorder } = stage
  const server = which === 'redis' ? ground.redis : ground.postgres!
  const signal = which === 'redis' ? 'SIGKILL' : 'SIGQUIT'
  let struck: (value: boolean) => void = () => {}
  const done = new Promise<boolean>((resolve) => {
    struck = resolve
  })
  if (at) {
    const trap: Trap = { point: at.point, nth: at.nth, action: 'kill-other', pid: server.pid(), signal }
    cast.arm(at.role, trap, () => struck(true))
  } else {
    setTimeout(() => {
      void server.kill(which === 'redis' ? 'KILL' : 'QUIT')
      struck(true)
    }, afterMs)
  }
  return {
    done: done.then(async () => {
      recorder.note(`${which} ends`)
      while (server.running()) await later(5)
      return true
    }),
    async after(ended) {
      if (!ended) return
      if (stage.plan.mode === 'power') {
        const lost = loseUnconfirmed(ground.redis, stage.confirmedFile)
        recorder.note(`the power was lost, and with it ${lost} bytes that nobody was promised`)
      }
      await later(forMs)
      await server.restart()
      if (which === 'redis') await configureRedis(stage)
      recorder.note(`${which} is back`)
    },
  }
}

export async function configureRedis({
  ground,
  plan,
  confirmedFile,
}: Pick<Stage, 'ground' | 'plan' | 'confirmedFile'>): Promise<void> {
  const redis = new Redis(ground.redis.url)
  try {
    await redis.config('SET', 'appendfsync', plan.appendFsync)
    // One file, so that its length says what is on disk.
    await redis.config('SET', 'auto-aof-rewrite-percentage', '0')
  } finally {
    redis.disconnect()
  }
  if (plan.mode !== 'power') return
  // What stands there now is taken for granted.
  const sizes = fs
    .readdirSync(aofFolder(ground.redis))
    .filter((file) => file.endsWith('.incr.aof'))
    .map((file) => [file, fs.statSync(`${aofFolder(ground.redis)}/${file}`).size])
  fs.appendFileSync(confirmedFile, `${JSON.stringify(sizes)}\n`)
}

export const later = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms))
