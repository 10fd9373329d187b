import fs from 'node:fs'
import { Redis } from 'ioredis'
import type { Random } from '../../random.js'
import type { Trap } from '../child/messages.js'
import type { Fault } from '../plan/faults.js'
import type { Plan, Round } from '../plan/plan.js'
import type { Cast } from './cast.js'
import { aofFolder, type Ground, loseUnconfirmed } from './ground.js'
import type { Recorder } from './record.js'
import type { Traffic } from './traffic.js'
import { later, within } from './within.js'

export interface Stage {
  readonly plan: Plan
  readonly random: Random
  readonly ground: Ground
  readonly cast: Cast
  readonly traffic: Traffic
  readonly recorder: Recorder
  readonly confirmedFile: string
  /** Writes whose callers still wait, and those who go on to write. */
  readonly underWay: Set<Promise<unknown>>
}

/** What a round's fault came to: where it struck, or that nobody came there. */
export interface Struck {
  readonly fault: Fault
  readonly struck: boolean
}

const REFUSED_PAUSE_MS = 50
/** Writes of a round, where nothing strikes. */
const MOST_WRITES = 45
/** Writes that wait for what is pending are not waited for: they go on beside the next round. */
const ANSWERED_WITHIN_MS = 200

/** Writes go on until the fault strikes. */
export async function performRound(stage: Stage, round: Round): Promise<Struck> {
  const { cast, plan, underWay } = stage
  await cast.refill()
  const striking = strike(stage, round.fault)
  let sent = 0
  let over = false
  const hand = async (i: number): Promise<void> => {
    while (sent < round.writes || (!over && sent < MOST_WRITES)) {
      const child = cast.acceptors[i % Math.max(1, cast.acceptors.length)]
      if (!child) return
      sent++
      const write = stage.traffic.write(child)
      underWay.add(write)
      const taken = await write
      underWay.delete(write)
      // Without Redis everything is refused at once: not all writes are to be spent on that.
      if (!taken) await later(REFUSED_PAUSE_MS)
    }
  }
  const hands = Array.from({ length: plan.acceptors * plan.inFlight }, (_, i) => hand(i))
  const written = Promise.all(hands)
  // They may go on beside the next round; and beside the last one, the check would not know of what they write.
  underWay.add(written)
  const struck = await within(striking.done, plan.reachedWithinMs)
  over = true
  cast.disarm()
  await striking.after(struck)
  await within(written, ANSWERED_WITHIN_MS)
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

function strikeDead({ cast, random, recorder }: Stage, { victim, how, at, afterMs }: Fault): Strike {
  const child = random.pick(victim === 'acceptor' ? cast.acceptors : cast.workers)
  const timer = at ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs)
  const over = new Promise<void>((resolve) => {
    void child.ended.then(() => resolve())
    if (!at) return
    child.arm({ point: at.point, nth: at.nth, action: how === 'cut' ? 'cut' : 'kill' }, () => {
      cast.bury(child)
      resolve()
    })
  })
  return {
    done: over.then(() => {
      recorder.note(`${victim} ${child.pid} died${at ? ` at ${at.point} ${at.nth}` : ''}`)
      return true
    }),
    async after() {
      clearTimeout(timer)
    },
  }
}

function strikeStill({ cast, random, recorder, underWay }: Stage, { at, forMs }: Fault): Strike {
  const child = random.pick(at!.role === 'acceptor' ? cast.acceptors : cast.workers)
  const done = new Promise<boolean>((resolve) => {
    child.arm({ point: at!.point, nth: at!.nth, action: 'stop' }, (point) => {
      recorder.note(`${at!.role} ${child.pid} stands still at ${point}`)
      // The next writes do not wait for it; the end of the run does.
      const standing = later(forMs).then(() => {
        child.kill('SIGCONT')
        recorder.note(`${at!.role} ${child.pid} goes on`)
      })
      underWay.add(standing)
      resolve(true)
    })
  })
  return { done, after: async () => {} }
}

function strikeServer(stage: Stage, { at, afterMs, forMs }: Fault, which: 'redis' | 'postgres'): Strike {
  const { cast, ground, random, recorder } = stage
  const server = which === 'redis' ? ground.redis : ground.postgres!
  const signal = which === 'redis' ? 'SIGKILL' : 'SIGQUIT'
  let struck: (value: boolean) => void = () => {}
  const done = new Promise<boolean>((resolve) => {
    struck = resolve
  })
  if (at) {
    const trap: Trap = { point: at.point, nth: at.nth, action: 'kill-other', pid: server.pid(), signal }
    random.pick(at.role === 'acceptor' ? cast.acceptors : cast.workers).arm(trap, () => struck(true))
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
