import type { Fault } from '../../src/write-behind/plan/faults.js'
import { makePlan, type Plan } from '../../src/write-behind/plan/plan.js'
import { childEnvironment } from '../../src/write-behind/plant/child-environment.js'
import { createGround, type Ground } from '../../src/write-behind/run/ground.js'
import { createPool } from '../../src/write-behind/run/pool.js'
import { type RunResult, runPlan } from '../../src/write-behind/run/run-plan.js'

/** Seconds are spent on waiting for the locks of dead workers; on a loaded machine, on everything. */
const TIMEOUT_MS = 180_000

let ground: Ground
beforeAll(async () => {
  ground = await createGround(process.env.TEST_DATABASE_URL!)
})
afterAll(() => ground.close())

const killedAt = (role: 'acceptor' | 'worker', point: string, how: Fault['how'] = 'cut'): Fault => ({
  ...{ victim: role, how, afterMs: 0, forMs: 0 },
  at: { role, point, nth: 1 },
})

/** A plan of its own for what a seed would draw. */
async function run(seed: number, faults: readonly Fault[], plant?: string): Promise<RunResult> {
  const plan: Plan = {
    ...makePlan(seed, 'points'),
    ...{ wide: false, appendFsync: 'always', families: 6, workers: 1, reachedWithinMs: TIMEOUT_MS },
    ...{ rounds: faults.map((fault) => ({ fault, writes: 20 })) },
  }
  const pool = createPool(0, ...childEnvironment(plant))
  try {
    return await runPlan(plan, ground, pool)
  } finally {
    await pool.close()
  }
}

// A short slice of `pnpm chaos --only write-behind`, which runs as long as it is told to.
it(
  'loses, doubles and reorders nothing when acceptors and workers die, and finds a fault that is planted',
  async () => {
    const [sound, planted] = await Promise.all([
      run(1, [killedAt('acceptor', 'accept.after'), killedAt('worker', 'commit.sent', 'kill')]),
      run(2, [killedAt('worker', 'commit.before')], 'drop-before-commit'),
    ])
    expect(sound.faults).toEqual([])
    expect(sound.struck.map(({ struck }) => struck)).toEqual([true, true])
    // Some are under way when their process dies, and nobody knows of them.
    expect(sound.writes.acknowledged).toBeGreaterThan(10)
    // A batch that is dropped too early is lost; where a later change of its rows carries all of it, they are left in Redis.
    expect(planted.faults.map(({ kind }) => kind).filter((kind) => kind === 'lost' || kind === 'left')).not.toEqual([])
  },
  TIMEOUT_MS,
)
