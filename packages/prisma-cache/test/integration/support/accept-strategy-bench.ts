import { type ModelEntry, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createEventBus } from '../../../src/events/events.js'
import { type AcceptPlan, planAccept } from '../../../src/planner/plan-accept.js'
import type { Row } from '../../../src/protocol/row-codec.js'
import type { SequenceMarks } from '../../../src/queue/change.js'
import type { Flusher } from '../../../src/queue/flusher.js'
import type { Link } from '../../../src/store/link.js'
import { type BaseRead, createWriteBehind } from '../../../src/strategy/write-behind.js'
import { type AcceptBench, facts } from './accept-bench.js'

export const entry = (more: Partial<ModelEntry['facts']> = {}, policy: object = {}): ModelEntry => ({
  facts: { ...facts, ...more },
  policy: resolvePolicy('writeBehind', { ttl: 1000, maxBatch: 10, durability: { kind: 'memory' }, ...policy }),
})

export function plan(operation: string, args: object, model = entry()): AcceptPlan {
  const decision = planAccept(model, operation, args, { enums: {} })
  if (decision.kind === 'direct') throw new Error(decision.reason)
  return decision.plan
}
/** A strategy over real Redis; the database is a map, and a flush empties the queue of rows into it. */
export async function createStrategyBench(
  bench: AcceptBench,
  database: Record<string, Row> = {},
  more: { link?: Partial<Link>; roomWithinMs?: number } = {},
) {
  const wideKey = bench.keys.tag({ kind: 'wide', model: 'Item' }).version
  await bench.redis.mset(wideKey, '1.w', bench.keys.epoch, 'e')
  const seen: string[] = []
  const events = createEventBus()
  events.on('accept', ({ operation, row, sequence }) => seen.push(`accept ${operation} ${row} ${sequence}`))
  const flush = {
    run: async (_marks: SequenceMarks): Promise<void> => {
      const pending = await bench.pending('a')
      if (pending.kind === 'pending' && pending.row) database.a = { ...pending.row, s: 'flushed' }
      await bench.redis.del(bench.keys.pendingRow('Item', 'a'), bench.keys.openChange('Item', 'a'))
    },
  }
  const room = { run: async (_withinMs: number): Promise<boolean> => true }
  const flusher = {
    waitFor: async (model, shard, mark, withinMs) => {
      seen.push(`room ${model} ${shard} ${mark}`)
      return await room.run(withinMs)
    },
    schedule: (model, shard, delayMs) => seen.push(`schedule ${model} ${shard} ${delayMs}`),
    flushUpTo: async (marks) => {
      seen.push(`flush ${JSON.stringify([...marks].map(([model, shards]) => [model, ...shards]))}`)
      await flush.run(marks)
    },
  } as Partial<Flusher> as Flusher
  const read = {
    run: async (row: string): Promise<BaseRead | undefined> => {
      await bench.redis.set(bench.versionKey(row), '1.made', 'NX')
      const [rowVersion, wideVersion, epoch] = await bench.redis.mget(bench.versionKey(row), wideKey, bench.keys.epoch)
      return { row: database[row] ?? null, rowVersion: rowVersion!, wideVersion: wideVersion!, epoch: epoch! }
    },
  }
  const confirm = { run: async () => {} }
  const link = {
    keys: bench.keys,
    redis: bench.redis,
    cluster: false,
    settled: async () => {},
    isUp: () => true,
    generation: () => 0,
    downError: () => new Error('nobody is there'),
    replaced: () => {},
    ...more.link,
  } as Partial<Link> as Link
  const strategy = createWriteBehind({
    link,
    flusher,
    events,
    readBase: (_model, row, key) => {
      seen.push(`read ${JSON.stringify(key)}`)
      return read.run(row)
    },
    ...(more.roomWithinMs === undefined ? {} : { roomWithinMs: more.roomWithinMs }),
    confirm: (durability, key) => {
      seen.push(`confirm ${durability.kind} ${key === bench.shard('a').sequence}`)
      return confirm.run()
    },
  })
  return { ...strategy, room, events, database, seen, flush, read, confirm, wideKey, take: () => seen.splice(0) }
}
