import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createRandom } from '../../random.js'
import { checkCounts } from '../check/check-counts.js'
import { checkFamily, type Fault } from '../check/check-family.js'
import { checkSlots } from '../check/check-slots.js'
import { rowText } from '../model/perform.js'
import type { Plan } from '../plan/plan.js'
import { createCast } from './cast.js'
import { aofFolder, type Ground } from './ground.js'
import { configureRedis, performRound, type Stage, type Struck } from './perform-round.js'
import type { Pool } from './pool.js'
import { createRecorder } from './record.js'
import { drain, readDatabase, readQueue, readThrough } from './settle.js'
import { createTraffic } from './traffic.js'
import { within } from './within.js'

export interface RunResult {
  readonly faults: readonly Fault[]
  /** Answers that hold only of a later moment; see `docs/write-behind.md`. */
  readonly lateAnswers: number
  readonly struck: readonly Struck[]
  readonly writes: { readonly acknowledged: number; readonly failed: number; readonly unknown: number }
  readonly rejected: number
  /** Everything that was seen, for whoever looks for the cause. */
  readonly history: readonly string[]
}

const WIDE_ROWS = 900
const ANSWERED_WITHIN_MS = 40_000
const SWEEP_MS = 500

export async function runPlan(
  plan: Plan,
  ground: Ground,
  pool: Pool,
  road: 'sql' | 'prisma' = 'sql',
): Promise<RunResult> {
  const run = `r${plan.seed.toString(36)}x${randomBytes(3).toString('hex')}`
  const confirmedFile = path.join(os.tmpdir(), `${run}.confirmed`)
  const cast = createCast({
    pool,
    settings: {
      redisUrl: ground.redis.url,
      databaseUrl: ground.databaseUrl,
      namespace: run,
      leaseMs: plan.leaseMs,
      sweepEveryMs: SWEEP_MS,
      takeoverMs: plan.takeoverMs,
      slowPastMs: plan.slowPastMs,
      prisma: plan.prismaWorkers || road === 'prisma',
      road,
      ...(plan.mode === 'power' ? { aof: { folder: aofFolder(ground.redis), confirmedFile } } : {}),
    },
    sizes: { acceptor: plan.acceptors, worker: plan.wide ? 0 : plan.workers },
  })
  const recorder = createRecorder(plan.families)
  const random = createRandom(plan.seed ^ 0x5bd1e995)
  const traffic = createTraffic({ run, families: plan.families, random, recorder })
  const stage: Stage = { plan, random, ground, cast, traffic, recorder, confirmedFile, underWay: new Set() }
  try {
    await configureRedis(stage)
    if (plan.wide) {
      await cast.refill()
      await traffic.writeWide(cast.acceptors, WIDE_ROWS)
      cast.resize('worker', plan.workers)
    }
    const struck: Struck[] = []
    for (const round of plan.rounds) struck.push(await performRound(stage, round))
    await cast.refill()
    const answered = await within(Promise.all(stage.underWay), ANSWERED_WITHIN_MS)
    const unanswered: Fault[] = answered
      ? []
      : [{ kind: 'stuck', text: `after ${ANSWERED_WITHIN_MS} ms somebody still waits for the answer of a write` }]
    const stuck = [...unanswered, ...(await drain(cast, plan.drainsAlone))]
    const { faults, rejected } = await check(stage, run)
    return {
      faults: [...stuck, ...faults.filter(({ kind }) => kind !== 'answer')],
      lateAnswers: faults.filter(({ kind }) => kind === 'answer').length,
      struck,
      writes: {
        acknowledged: recorder.count('acknowledged'),
        failed: recorder.count('failed') + recorder.count('refused'),
        unknown: recorder.count('unknown'),
      },
      rejected,
      history: [...recorder.lines(), ...cast.told()],
    }
  } finally {
    await cast.leave()
    fs.rmSync(confirmedFile, { force: true })
  }
}

async function check({ ground, cast, traffic, recorder }: Stage, run: string) {
  const standing = await readDatabase(ground.databaseUrl, run, traffic.places)
  const { rejections, left } = await readQueue(ground.redis.url, run)
  const reader = cast.acceptors.at(-1)!
  const reported = new Set<string>()
  for (const row of new Set(rejections.filter(({ model }) => model === 'Slot').map(({ row }) => row))) {
    const status = await reader.cache('status', 'Slot', { id: row })
    if (status?.ok && status.value === 'rejected') reported.add(row)
  }
  const faults: Fault[] = [
    ...left.map((key): Fault => ({ kind: 'left', text: `left in Redis: ${key}` })),
    ...checkSlots({
      slots: recorder.slots,
      owners: recorder.owners,
      rejections: rejections.filter(({ model }) => model === 'Slot'),
      final: standing.slots,
      finalOwners: standing.owners,
      reported,
    }),
    ...checkCounts('Owner', recorder.owners, new Map(standing.owners.map((id) => [id, 0]))),
    ...checkCounts('Wide', recorder.wide, standing.wide),
  ]
  for (const [family, place] of traffic.places.entries()) {
    const final = standing.families[family]!
    const name = `${place.model} ${place.rowIds[0]}`
    faults.push(
      ...checkFamily({
        name,
        history: recorder.families[family]!,
        rejections: rejections.filter(({ model, row }) => model === place.model && place.rowIds.includes(row)),
        final,
      }),
    )
    const read = await readThrough(reader, place)
    for (const [i, answer] of read.entries()) {
      const text = typeof answer === 'string' ? answer : rowText(answer)
      const truth = rowText(final[i]!)
      if (text !== truth)
        faults.push({
          kind: 'cache',
          text: `${place.model} ${place.rowIds[i]} is read as ${text}, and Postgres has ${truth}`,
        })
    }
  }
  return { faults, rejected: rejections.length }
}
