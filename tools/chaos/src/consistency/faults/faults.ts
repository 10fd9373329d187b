import type { Random } from '../../random.js'
import { type Hold, POINTS, type Point } from '../client/messages.js'
import type { Line } from './line.js'
import type { RedisHost } from './redis-host.js'
import type { ReplicaHost } from './replica-host.js'

/** What faults are made on. */
export interface Stage {
  readonly redis: RedisHost
  /** One for each process of clients: its way to Redis. */
  readonly lines: readonly Line[]
  /** Resolves when the process was killed there, and another has taken its place. */
  kill(slot: number, point: Point): Promise<void>
  hold(slot: number, point: Point | 'loaded', hold: Hold): void
  /** Its callers end the session that they are in, and begin no other for so long. */
  rest(slot: number, ms: number): void
  /** That of Postgres, where a run has one. */
  readonly replica: ReplicaHost | undefined
  readonly leaseMs: number
}

export interface Fault {
  readonly name: string
  readonly weight: number
  make(stage: Stage, random: Random): Promise<void>
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const between = (random: Random, least: number, most: number) => least + random.below(most - least)
const slotOf = (stage: Stage, random: Random) => random.below(stage.lines.length)

async function holdPushes(stage: Stage, slot: number, ms: number): Promise<void> {
  const line = stage.lines[slot]!
  line.holdAnswers(await stage.redis.portsOf(':near'))
  await pause(ms)
  line.resume()
}

export const FAULTS: readonly Fault[] = [
  ...POINTS.map((point) => ({
    name: `writer killed, ${point}`,
    weight: 1,
    make: (stage: Stage, random: Random) => stage.kill(slotOf(stage, random), point),
  })),
  {
    name: 'publications delayed',
    weight: 4,
    async make(stage, random) {
      const slot = slotOf(stage, random)
      stage.hold(slot, 'committed', {
        upToMs: random.chance(0.3) ? between(random, 500, 2500) : between(random, 50, 500),
        probability: 0.4,
      })
      await pause(between(random, 1000, 3000))
      stage.hold(slot, 'committed', CALM)
    },
  },
  {
    // Longer than a lease, which is renewed while Redis can be reached: whoever loses both may be read behind, as
    // docs/caveats.md says. So all of them go on before anything else is done to Redis.
    name: 'statements delayed',
    weight: 2,
    async make(stage, random) {
      const slot = slotOf(stage, random)
      const upToMs = between(random, 200, 3000)
      const points = ['fenced', 'stated', 'committed'] as const
      for (const point of points) stage.hold(slot, point, { upToMs, probability: 0.3 })
      await pause(between(random, 500, 2000))
      for (const point of points) stage.hold(slot, point, CALM)
      await pause(upToMs)
    },
  },
  {
    // Between fence and COMMIT, until the lease would be over: what is read then is old a moment later.
    name: 'statements delayed past their lease',
    weight: 1,
    async make(stage, random) {
      const slots = stage.lines.map((_, slot) => slot)
      const upToMs = 1.75 * stage.leaseMs
      for (const slot of slots) stage.hold(slot, 'fenced', { upToMs, probability: 0.3, even: true, atMost: 2 })
      for (const slot of slots) stage.hold(slot, 'committed', { upToMs: 1000, probability: 0.6, even: true, atMost: 3 })
      await pause(between(random, 1000, 3000))
      for (const slot of slots) stage.hold(slot, 'fenced', CALM)
      await pause(upToMs)
      for (const slot of slots) stage.hold(slot, 'committed', CALM)
    },
  },
  {
    name: 'fills delayed',
    weight: 2,
    async make(stage, random) {
      const slot = slotOf(stage, random)
      stage.hold(slot, 'loaded', { upToMs: between(random, 100, 1500), probability: 0.3 })
      await pause(between(random, 500, 1500))
      stage.hold(slot, 'loaded', CALM)
    },
  },
  {
    name: 'Redis frozen',
    weight: 2,
    make: (stage, random) => stage.redis.freeze(between(random, 100, 2000)),
  },
  {
    name: 'Redis paused for clients',
    weight: 1,
    async make(stage, random) {
      const mode = random.pick(['ALL', 'WRITE'])
      await stage.redis.admin((redis) => redis.call('CLIENT', 'PAUSE', String(between(random, 100, 1500)), mode))
    },
  },
  {
    name: 'Redis killed, with its data',
    weight: 2,
    make: (stage, random) => stage.redis.crash({ empty: false, downMs: between(random, 0, 700) }),
  },
  {
    name: 'Redis killed, empty',
    weight: 2,
    make: (stage, random) => stage.redis.crash({ empty: true, downMs: between(random, 0, 500) }),
  },
  {
    // Their fences are gone with all else, and cannot be renewed: their process hears nothing of it before its statements are
    // made, well within their leases.
    name: 'Redis killed under writers, empty',
    weight: 2,
    async make(stage, random) {
      const slot = slotOf(stage, random)
      const line = stage.lines[slot]!
      const upToMs = 0.45 * stage.leaseMs
      stage.hold(slot, 'fenced', { upToMs, probability: 0.6, even: true, atMost: 6 })
      await pause(between(random, 100, 500))
      line.hold()
      await stage.redis.crash({ empty: true, downMs: 0 })
      stage.hold(slot, 'fenced', CALM)
      await pause(upToMs)
      line.resume()
    },
  },
  {
    name: 'failover to a lagging replica',
    weight: 2,
    async make(stage, random) {
      const [lagMs, downMs] = [between(random, 50, 1500), between(random, 0, 200)]
      const lines = stage.lines.filter(() => random.chance(0.3))
      // Some hear of it only when their connection is gone at last.
      await stage.redis.failover({ lagMs, downMs })
      for (const line of lines) line.hold()
      await pause(between(random, 0, 300))
      for (const line of lines) line.resume()
    },
  },
  {
    name: 'one process cut off from Redis',
    weight: 2,
    async make(stage, random) {
      const line = stage.lines[slotOf(stage, random)]!
      line.cut()
      await pause(between(random, 100, 2500))
      line.mend()
    },
  },
  {
    name: 'one process’s line to Redis held',
    weight: 3,
    async make(stage, random) {
      const line = stage.lines[slotOf(stage, random)]!
      line.hold()
      await pause(between(random, 100, 3500))
      line.resume()
    },
  },
  {
    // The connection stands, and the one for commands does not know of it.
    name: 'pushes held',
    weight: 3,
    make: (stage, random) => holdPushes(stage, slotOf(stage, random), between(random, 500, 5000)),
  },
  {
    // Whoever asks elsewhere brings the copies up to date for all; so for a while nobody asks.
    name: 'pushes held from a process at rest',
    weight: 1,
    async make(stage, random) {
      const slot = slotOf(stage, random)
      const restMs = between(random, 3500, 5000)
      stage.rest(slot, restMs)
      await holdPushes(stage, slot, restMs + 500)
    },
  },
  {
    name: 'replica of Postgres paused',
    weight: 3,
    make: async (stage, random) => await stage.replica?.pause(between(random, 200, 3000)),
  },
  {
    name: 'replica of Postgres delayed',
    weight: 2,
    make: async (stage, random) =>
      await stage.replica?.delay({ byMs: between(random, 50, 1500), forMs: between(random, 1000, 5000) }),
  },
  {
    name: 'replica of Postgres killed',
    weight: 1,
    make: async (stage, random) => await stage.replica?.crash({ downMs: between(random, 0, 2000) }),
  },
]

/** Now and then something takes a little longer, all the time. */
export const CALM: Hold = { upToMs: 40, probability: 0.05 }

/** One fault after the other, with a while of peace between them in which things come to rest. */
export async function makeFaults(
  stage: Stage,
  random: Random,
  options: {
    readonly faults: readonly Fault[]
    readonly made: (fault: Fault) => void
    stopping(): boolean
  },
): Promise<void> {
  const possible = options.faults.filter(({ name }) => stage.replica || !name.startsWith('replica'))
  const weighted = possible.map((fault) => [fault.weight, fault] as const)
  if (weighted.length === 0) return
  while (!options.stopping()) {
    await pause(between(random, 100, 1200))
    if (options.stopping()) return
    const fault = random.weighted(weighted)
    await fault.make(stage, random)
    options.made(fault)
  }
}
