import { shardOf } from '../../src/protocol/keys.js'
import { FOREIGN_KEY, UNIQUE } from '../../src/queue/apply/pg-error.js'
import type { SealedBatch } from '../../src/queue/seal.js'
import type { Link } from '../../src/store/link.js'
import { createNeighbours, WaitForNeighbours } from '../../src/worker/neighbours.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'

let bench: FlushBench
beforeAll(async () => {
  bench = await createFlushBench((policies) => {
    const related = (name: string, model: string) => {
      const entry = policies.models[name]!
      const relation = {
        ...{ name: 'other', model, relationName: 'r', list: false, nullable: false },
        ...{ from: ['id'], to: ['id'] },
      }
      return { [name]: { ...entry, facts: { ...entry.facts, relations: [relation] } } }
    }
    const models = { ...policies.models, ...related('Visit', 'Counter'), ...related('Counter', 'Visit') }
    return { ...policies, models }
  })
})
afterAll(() => bench.close())

/** A batch of one row that a foreign key refuses, in the shard of that row. */
function batchOf(model: 'Visit' | 'Counter', row: string): SealedBatch {
  return { ...bench.batch(model, { [row]: { kind: 'C' } }), shard: shardOf(row) }
}

/** A worker to whom no time is given: whatever counts is over at the next attempt. */
function worker() {
  const link = { redis: bench.store, keys: bench.keys, cluster: false } as unknown as Link
  const neighbours = createNeighbours(link, bench.policies, async () => {}, { circleMs: 0, uniqueMs: 0 })
  return async (batch: SealedBatch, states = [FOREIGN_KEY]) => {
    const refused = states.map((sqlState) => ({ row: batch.rows[0]!, error: '', brief: '', sqlState }))
    return await neighbours.beforeReject(batch, refused).then(
      () => 'rejects',
      (error: unknown) => (error instanceof WaitForNeighbours ? 'waits' : error),
    )
  }
}

it('a child waits for a parent that nobody flushes, however long that takes', async () => {
  const attempt = worker()
  const child = batchOf('Visit', 'child')
  await bench.accept('Counter', 'parent', { kind: 'C', set: { id: 'parent' } })
  const dirty = bench.keys.shard('Counter', shardOf('parent')).dirty
  for (let i = 0; i < 4; i++) expect(await attempt(child)).toBe('waits')
  await bench.store.del(dirty)
  // What was applied just now may have come too late for this attempt.
  expect(await attempt(child)).toBe('waits')
  expect(await attempt(child)).toBe('rejects')
})

it('shards that wait for each other do not do so for ever', async () => {
  const [one, other] = [worker(), worker()]
  const [visit, counter] = [batchOf('Visit', 'visit'), batchOf('Counter', 'counter')]
  await bench.accept('Visit', 'visit', { kind: 'C', set: { id: 'visit' } })
  await bench.accept('Counter', 'counter', { kind: 'C', set: { id: 'counter' } })
  // Nobody knows yet that the counter will wait for it.
  for (let i = 0; i < 3; i++) expect(await one(visit)).toBe('waits')
  expect(await other(counter)).toBe('rejects')
})

it('a unique value is waited for a moment, also beside a foreign key whose parent is nowhere', async () => {
  const attempt = worker()
  const batch = batchOf('Visit', 'both')
  const elsewhere = ['a', 'b', 'c', 'd', 'e'].find((row) => shardOf(row) !== batch.shard)!
  await bench.store.del(bench.keys.shard('Counter', shardOf('counter')).dirty)
  await bench.accept('Visit', elsewhere, { kind: 'C', set: { id: elsewhere } })
  expect(await attempt(batch, [FOREIGN_KEY, UNIQUE])).toBe('rejects')
})
