import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { createEventBus } from '../../src/events/events.js'
import type { RowPlan } from '../../src/planner/plan-read.js'
import { createKeys } from '../../src/protocol/keys.js'
import { createConnection } from '../../src/store/connection.js'
import { fill } from '../../src/store/fill.js'
import { takeLease } from '../../src/store/lease.js'
import { createLink, type Link } from '../../src/store/link.js'
import { type Aging, createRefresh } from '../../src/strategy/refresh.js'
import { type Bench, createBench } from './support/bench.js'

let bench: Bench
let redis: Redis
let link: Link
beforeAll(async () => {
  bench = await createBench()
  redis = bench.redis()
  link = await linkWith(3000)
})
afterAll(() => bench.close())

/** The lease of a load is a third of it. */
async function linkWith(leaseMs: number): Promise<Link> {
  const made = createLink({
    connection: createConnection(bench.redisUrl, 1000),
    keys: createKeys(bench.namespace),
    events: createEventBus(),
    leaseMs,
    publish: async () => {},
  })
  bench.onClose(() => made.close())
  await made.settled()
  return made
}

const stamps = { epoch: 'e', versions: ['1.a', '2.b'] }
const newKey = () => `${bench.namespace}:lease:${randomBytes(6).toString('hex')}`

test('of all who saw the same one gets it; who saw something else gets nothing', async () => {
  const key = newKey()
  const taken = await Promise.all(Array.from({ length: 5 }, () => takeLease(link, key, stamps, undefined)))
  const [lease] = taken.filter((one) => one !== undefined)
  expect(taken.filter((one) => one !== undefined)).toHaveLength(1)
  expect(await redis.get(key)).toBe(lease!.mark)
  expect(await takeLease(link, key, stamps, 'an entry of before')).toBeUndefined()
  await lease!.end()
  expect(await redis.exists(key)).toBe(0)
  await redis.set(key, 'an entry of before')
  expect(await takeLease(link, key, stamps, undefined)).toBeUndefined()
  expect(await takeLease(link, key, stamps, 'another one')).toBeUndefined()
  const after = await takeLease(link, key, stamps, 'an entry of before')
  expect(await redis.get(key)).toBe(after!.mark)
  await after!.end('what is left')
  expect(await redis.get(key)).toBe('what is left')
})

test('it renews itself until it is ended, and nobody else’s', async () => {
  const key = newKey()
  const lease = await takeLease(link, key, stamps, undefined)
  for (let last = await redis.pttl(key), left = last; left <= last; left = await redis.pttl(key)) {
    expect(left).toBeGreaterThan(0)
    last = left
  }
  await redis.set(key, 'an answer', 'PX', 10_000)
  await lease!.end()
  expect(await redis.get(key)).toBe('an answer')
  const other = newKey()
  const abandoned = await takeLease(await linkWith(100), other, stamps, undefined)
  abandoned!.abandon()
  while ((await redis.get(other)) === abandoned!.mark); // until its time ends
})

describe('a fill', () => {
  const other = { epoch: 'e', versions: ['1.a', '3.c'] }
  const of = (entry: string, text: string, known?: string, under = stamps) =>
    fill(link, { entry, stamps: under, text, lifeMs: 60_000, known })
  const textOf = async (key: string) => (await redis.get(key))?.split('\n')[1]

  test('of another text under the same stamps is a conflict, and drops both', async () => {
    const key = newKey()
    expect(await of(key, 'one')).toBe('stored')
    expect(await of(key, 'one')).toBe('stored')
    expect(await of(key, 'two')).toBe('conflict')
    expect(await redis.exists(key)).toBe(0)
  })

  test('replaces what it knew of, and no other', async () => {
    const key = newKey()
    await of(key, 'one')
    const one = (await redis.get(key))!
    expect(await of(key, 'two', one)).toBe('stored')
    expect(await of(key, 'three', one)).toBe('conflict')
    await of(key, 'newer', undefined, other)
    expect(await of(key, 'three', one)).toBe('outrun')
    expect(await textOf(key)).toBe('newer')
    // Knowing nothing it may be the newer one itself.
    expect(await of(key, 'four')).toBe('stored')
    await redis.del(key)
    expect(await of(key, 'five', one)).toBe('stored')
  })

  test('takes the place of its own mark, and of anybody’s of the same stamps', async () => {
    const key = newKey()
    const lost = await takeLease(link, key, stamps, undefined)
    await redis.del(key)
    const lease = await takeLease(link, key, stamps, undefined)
    expect(await of(key, 'one', lost!.mark)).toBe('stored')
    await lease!.end()
    expect(await textOf(key)).toBe('one')
    await redis.del(key)
    const later = await takeLease(link, key, other, undefined)
    expect(await of(key, 'two', lost!.mark)).toBe('outrun')
    expect(await redis.get(key)).toBe(later!.mark)
    await later!.end()
    lost!.abandon()
  })
})

test('without Redis there is none', async () => {
  const down = { ...link, isUp: () => false }
  expect(await takeLease(down, newKey(), stamps, undefined)).toBeUndefined()
})

test('an entry that somebody else has loaded anew since it was served is not loaded again', async () => {
  const key = newKey()
  let loads = 0
  const aging: Omit<Aging, 'standing'> = {
    plan: { kind: 'row', entry: key, model: { name: 'Team' } } as RowPlan,
    operation: 'findUnique',
    terms: {} as Aging['terms'],
    stamps,
    before: { learned: undefined, watched: undefined },
    load: async () => {
      loads++
      throw new Error('far enough')
    },
  }
  await redis.set(key, 'newer')
  const refresh = createRefresh(link, createEventBus())
  await refresh({ ...aging, standing: 'older' })
  expect(loads).toBe(0)
  expect(await redis.exists(link.keys.refreshLease(key))).toBe(0)
  await refresh({ ...aging, standing: 'newer' })
  expect(loads).toBe(1)
})
