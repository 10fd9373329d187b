import { PrismaCacheError } from '../../src/errors/cache-error.js'
import type { AcceptPlan } from '../../src/planner/plan-accept.js'
import { shardOf } from '../../src/protocol/keys.js'
import type { Row } from '../../src/protocol/row-codec.js'
import type { RejectedChange } from '../../src/queue/change.js'
import type { Link } from '../../src/store/link.js'
import { type AcceptBench, createAcceptBench, facts, itemRow } from './support/accept-bench.js'
import { createStrategyBench, entry, plan } from './support/accept-strategy-bench.js'

let bench: AcceptBench
beforeEach(() => {
  bench = createAcceptBench()
})
afterEach(() => bench.close())

const setUp = (database?: Record<string, Row>, more?: { link?: Partial<Link>; roomWithinMs?: number }) =>
  createStrategyBench(bench, database, more)
const increment = plan('update', { where: { id: 'a' }, data: { n: { increment: 1 } } })

const shard = shardOf('a')
const accepted = (sequence: number, result: Row) => ({
  kind: 'accepted',
  model: 'Item',
  row: 'a',
  shard,
  sequence,
  result,
})

const rejection = (more: Partial<RejectedChange>) =>
  Object.assign(new PrismaCacheError('PC1303', 'refused'), {
    rejected: [{ model: 'Item', row: 'a', last: 1, ...more }],
  })

test('a cold row is read once; from then on a write is one script', async () => {
  const strategy = await setUp({ a: itemRow('a', { n: 5 }) })
  expect(await strategy.write(increment)).toEqual(accepted(1, itemRow('a', { n: 6 })))
  expect(strategy.take()).toEqual([
    'read {"id":"a"}',
    `schedule Item ${shard} 250`,
    'confirm memory true',
    'accept update a 1',
  ])
  expect(await strategy.write(increment, { durability: { kind: 'fsync' } })).toEqual(
    accepted(2, itemRow('a', { n: 7 })),
  )
  expect(strategy.take()).toEqual(['confirm fsync true', 'accept update a 2'])
})

test('a key made for the write is not read', async () => {
  const fields = facts.fields.map((field) =>
    field.name === 'id' ? ({ ...field, default: { by: 'client', fn: 'uuid', args: [4] } } as const) : field,
  )
  const strategy = await setUp()
  const outcome = await strategy.write(plan('create', { data: { n: 1 }, select: { n: true } }, entry({ fields })))
  expect(outcome).toMatchObject({ kind: 'accepted', sequence: 1, result: { n: 1 } })
  expect(strategy.take().filter((one) => one.startsWith('read'))).toEqual([])
})

test('a base that is overtaken while it is read is read again', async () => {
  const strategy = await setUp({ a: itemRow('a', { n: 5 }) })
  const { run } = strategy.read
  strategy.read.run = async (row) => {
    const base = await run(row)
    strategy.read.run = run
    await bench.redis.set(bench.versionKey('a'), '2.other')
    strategy.database.a = itemRow('a', { n: 50 })
    return base
  }
  expect(await strategy.write(increment)).toMatchObject({ result: { n: 51 } })
  expect(strategy.take().filter((one) => one.startsWith('read'))).toHaveLength(2)
})

test('a row that is overtaken again and again goes to Prisma', async () => {
  const strategy = await setUp({ a: itemRow('a') })
  strategy.read.run = async () => ({ row: itemRow('a'), rowVersion: '0.old', wideVersion: '1.w', epoch: 'e' })
  expect(await strategy.write(increment)).toEqual({ kind: 'direct', reason: 'the row is being written past the queue' })
})

test('what is pending under a version that was replaced is flushed first, also when some of it is rejected', async () => {
  const strategy = await setUp({ a: itemRow('a', { n: 5 }) })
  await strategy.write(increment)
  await bench.redis.set(bench.versionKey('a'), '2.other')
  const { run } = strategy.flush
  strategy.flush.run = async (marks) => {
    await run(marks)
    throw rejection({})
  }
  strategy.take()
  expect(await strategy.write(increment)).toMatchObject({ sequence: 2, result: { n: 7, s: 'flushed' } })
  expect(strategy.take()[0]).toBe(`flush [["Item",[${shard},1]]]`)
})

test('what is pending and cannot be flushed keeps a later write out', async () => {
  const strategy = await setUp({ a: itemRow('a') })
  await strategy.write(increment)
  await bench.redis.set(bench.versionKey('a'), '2.other')
  strategy.flush.run = async () => {
    throw new PrismaCacheError('PC1302', 'too slow')
  }
  await expect(strategy.write(increment)).rejects.toThrow(/PC1301: the write to Item was not accepted.*past the queue/)
})

describe('a base older than a write that may have touched any row', () => {
  async function overtaken() {
    const strategy = await setUp({ a: itemRow('a', { n: 5 }) })
    await strategy.write(increment)
    await bench.redis.set(strategy.wideKey, '2.w')
    strategy.take()
    return strategy
  }

  test('is flushed, and the answer read again', async () => {
    const strategy = await overtaken()
    expect(await strategy.write(increment)).toEqual(accepted(2, itemRow('a', { n: 7, s: 'flushed' })))
    expect(strategy.take()).toEqual([
      'confirm memory true',
      'accept update a 2',
      `flush [["Item",[${shard},2]]]`,
      'read {"id":"a"}',
    ])
  })

  test('answers from what was accepted where the flush takes too long, or others were rejected', async () => {
    const strategy = await overtaken()
    strategy.flush.run = async () => {
      throw new PrismaCacheError('PC1302', 'too slow')
    }
    expect(await strategy.write(increment)).toMatchObject({ result: { n: 7, s: null } })
    strategy.flush.run = async () => {
      throw rejection({ last: 1 })
    }
    expect(await strategy.write(increment)).toMatchObject({ kind: 'accepted', sequence: 3 })
  })

  test('tells when the database rejected this very write', async () => {
    const strategy = await overtaken()
    strategy.flush.run = async () => {
      throw rejection({ last: 2 })
    }
    await expect(strategy.write(increment)).rejects.toMatchObject({ code: 'PC1303' })
  })

  test('a deleted row is answered as it was', async () => {
    const strategy = await overtaken()
    const outcome = await strategy.write(plan('delete', { where: { id: 'a' } }))
    expect(outcome).toMatchObject({ kind: 'accepted', result: { n: 6 } })
    expect(strategy.take()).toContain(`flush [["Item",[${shard},2]]]`)
  })
})

test.each<[string, AcceptPlan, Row | undefined, string]>([
  ['a create of a row that exists', plan('create', { data: { id: 'a' } }), itemRow('a'), 'the row exists'],
  ['an update of none', increment, undefined, 'the row does not exist'],
  ['too large a sum', increment, itemRow('a', { n: 2 ** 31 - 1 }), 'an integer would leave the range of its column'],
])('%s is for Prisma to refuse', async (_, refused, row, reason) => {
  const strategy = await setUp(row ? { a: row } : {})
  expect(await strategy.write(refused)).toEqual({ kind: 'direct', reason })
  expect(await bench.pending('a')).toEqual({ kind: 'none' })
})

describe('Redis does not take it', () => {
  const unaccepted = /PC1301: the write to Item was not accepted/

  test('it is not reachable', async () => {
    const strategy = await setUp({ a: itemRow('a') }, { link: { isUp: () => false } })
    await expect(strategy.write(increment)).rejects.toThrow(unaccepted)
    expect(strategy.take()).toEqual([])
  })

  test('the base cannot be read', async () => {
    const strategy = await setUp()
    strategy.read.run = async () => undefined
    await expect(strategy.write(increment)).rejects.toThrow(unaccepted)
  })

  test('it refuses the script', async () => {
    const strategy = await setUp({ a: itemRow('a') })
    await bench.redis.set(bench.keys.pendingRow('Item', 'a'), 'not a hash')
    await expect(strategy.write(increment)).rejects.toThrow(unaccepted)
  })

  test('no answer comes: it may have been accepted, and the error says so', async () => {
    const silent = Object.create(bench.redis, {
      evalsha: {
        value: async (...args: Parameters<typeof bench.redis.evalsha>) => {
          const reply = (await bench.redis.evalsha(...args)) as number[]
          if (reply[0]! > 0) throw new Error('Command timed out')
          return reply
        },
      },
    })
    const strategy = await setUp({ a: itemRow('a', { n: 1 }) }, { link: { redis: silent } })
    await bench.accept({ operation: 'delete', row: 'other' }) // the server knows the script
    await expect(strategy.write(increment)).rejects.toThrow(/PC1301: it is unknown whether the write to Item/)
    expect(await bench.pending('a')).toMatchObject({ row: { n: 2 } })
  })

  test('it is taken but not as durable as asked: the flush is scheduled all the same', async () => {
    const strategy = await setUp({ a: itemRow('a') })
    strategy.confirm.run = async () => {
      throw new PrismaCacheError('PC1301', 'not on disk')
    }
    await expect(strategy.write(increment)).rejects.toThrow('not on disk')
    expect(strategy.take()).toEqual(['read {"id":"a"}', `schedule Item ${shard} 250`, 'confirm memory true'])
  })
})

describe('a full shard', () => {
  const at = (row: string, onFull: string, facts = {}) =>
    plan('create', { data: { id: row } }, entry(facts, { maxPending: 4, onFull }))
  const [one, two] = Array.from({ length: 200 }, (_, i) => `r${i}`).filter((row) => shardOf(row) === shard) as [
    string,
    string,
  ]
  const isFull = (seen: readonly string[]) => seen.filter((line) => line.startsWith('room'))

  test('has room again when its oldest change is applied, maybe for another writer', async () => {
    const strategy = await setUp()
    await strategy.write(at(one, 'block'))
    let waits = 0
    strategy.room.run = async (withinMs) => {
      expect(withinMs).toBeGreaterThan(9000)
      if (++waits === 8) await bench.redis.del(bench.shard(one).dirty)
      return true
    }
    expect(await strategy.write(at(two, 'block'))).toMatchObject({ kind: 'accepted', row: two })
    expect(isFull(strategy.take())).toEqual(Array(8).fill(`room Item ${shard} 1`))
  })

  test('is waited for no longer than that', async () => {
    const strategy = await setUp()
    await strategy.write(at(one, 'block'))
    strategy.room.run = async () => false
    await expect(strategy.write(at(two, 'block'))).rejects.toMatchObject({ code: 'PC1307' })
    const impatient = await setUp({}, { roomWithinMs: 0 })
    await expect(impatient.write(at(two, 'block'))).rejects.toMatchObject({ code: 'PC1307' })
    expect(isFull(impatient.take())).toEqual([])
    expect(await bench.pending(two)).toEqual({ kind: 'none' })
  })

  test('written through, a create that may take a unique value comes after all that is pending', async () => {
    const strategy = await setUp()
    await strategy.write(at(one, 'writeThrough'))
    const direct = { kind: 'direct', reason: 'maxPending' }
    expect(await strategy.write(at(two, 'writeThrough'))).toEqual({ ...direct, alone: true })
    const uniques = [{ name: 's', fields: ['s'] }]
    expect(await strategy.write(at(two, 'writeThrough', { uniques }))).toEqual(direct)
  })
})
