import { shardOf } from '../../src/protocol/keys.js'
import type { Row } from '../../src/protocol/row-codec.js'
import { sealBatch } from '../../src/queue/seal.js'
import { type AcceptBench, changeOf, createAcceptBench, INT4, INT8, itemRow } from './support/accept-bench.js'

let bench: AcceptBench
beforeEach(() => {
  bench = createAcceptBench()
})
afterEach(() => bench.close())

const set = (row: string, values: Row) => ({
  operation: 'update' as const,
  row,
  update: changeOf({ set: values }),
})
const add = (row: string, field: 'n' | 'big', delta: bigint) => ({
  operation: 'update' as const,
  row,
  update: changeOf({ add: { [field]: { delta, ...(field === 'n' ? INT4 : INT8) } } }),
})
const create = (row: string, more: Row = {}) => ({ operation: 'create' as const, row, create: itemRow(row, more) })
const remove = (row: string) => ({ operation: 'delete' as const, row })

describe('refusals, which change nothing', () => {
  test('a base is needed where no pending row stands', async () => {
    expect(await bench.accept(set('a', { n: 1 }))).toEqual({ kind: 'needBase', held: '0' })
    expect(await bench.everything()).toEqual({})
  })

  test('a base that was read under another version, or under none, is stale', async () => {
    const base = await bench.base('a', itemRow('a'))
    await bench.redis.set(bench.versionKey('a'), '2.other')
    const before = await bench.everything()
    expect(await bench.accept(set('a', { n: 1 }), base)).toEqual({ kind: 'staleBase', held: '0' })
    expect(await bench.everything()).toEqual(before)
    await bench.redis.del(bench.versionKey('a'))
    expect(await bench.accept(set('a', { n: 1 }), base)).toEqual({ kind: 'staleBase', held: '0' })
  })

  test('a pending row that was written past the queue is stale, whatever base comes along', async () => {
    await bench.acceptOver(itemRow('a'), set('a', { n: 1 }))
    await bench.acceptOver(itemRow('a'), set('a', { n: 2 }))
    await bench.redis.set(bench.versionKey('a'), '2.other')
    const before = await bench.everything()
    expect(await bench.accept(set('a', { n: 3 }))).toEqual({ kind: 'stalePending', sequence: 2 })
    expect(await bench.accept(set('a', { n: 3 }), await bench.base('a', itemRow('a')))).toEqual({
      kind: 'stalePending',
      sequence: 2,
    })
    expect(await bench.everything()).toEqual(before)
  })

  test('a row that is there or not there, pending or in the base', async () => {
    expect(await bench.acceptOver(itemRow('a'), create('a'))).toEqual({ kind: 'exists' })
    expect(await bench.acceptOver(null, set('a', { n: 1 }))).toEqual({ kind: 'missing' })
    expect(await bench.acceptOver(null, remove('a'))).toEqual({ kind: 'missing' })
    expect(Object.keys(await bench.everything())).toEqual([bench.versionKey('a')])
    await bench.acceptOver(null, create('a'))
    expect(await bench.accept(create('a'))).toEqual({ kind: 'exists' })
    await bench.acceptOver(itemRow('b'), remove('b'))
    expect(await bench.accept(remove('b'))).toEqual({ kind: 'missing' })
  })

  test.each<[string, 'n' | 'big', number | bigint, bigint]>([
    ['Int, up', 'n', 2147483647, 1n],
    ['Int, down', 'n', -2147483648, -1n],
    ['BigInt, up', 'big', 2n ** 63n - 1n, 1n],
    ['BigInt, down', 'big', -(2n ** 63n), -1n],
  ])('an integer that would leave its range: %s', async (_, field, from, delta) => {
    const values = itemRow('a', { [field]: from })
    const base = await bench.base('a', values)
    const untouched = await bench.everything()
    expect(await bench.accept(add('a', field, delta), base)).toEqual({ kind: 'overflow' })
    expect(await bench.everything()).toEqual(untouched)
    await bench.accept(set('a', { s: 'x' }), base)
    const pending = await bench.everything()
    const both = changeOf({
      set: { s: 'y' },
      add: { ...add('a', 'n', 0n).update.add, ...add('a', field, delta).update.add },
    })
    expect(await bench.accept({ operation: 'update', row: 'a', update: both })).toEqual({ kind: 'overflow' })
    expect(await bench.everything()).toEqual(pending)
  })

  test.each<[string, 'n' | 'big', number | bigint, bigint]>([
    ['Int', 'n', -(2 ** 31), 2n ** 31n - 1n],
    ['BigInt', 'big', -(2n ** 63n), 2n ** 63n - 1n],
  ])('a sum of deltas that would leave the range, though the value would not: %s', async (_, field, from, delta) => {
    await bench.acceptOver(itemRow('a', { [field]: from }), add('a', field, delta))
    const before = await bench.everything()
    expect(await bench.accept(add('a', field, 1n))).toEqual({ kind: 'overflow' })
    expect(await bench.everything()).toEqual(before)
  })
})

describe('a bound on pending rows', () => {
  const bounded = (write: ReturnType<typeof create> | ReturnType<typeof remove>, bound: number) => ({ ...write, bound })
  // All of the shard of 'a'.
  const rows = Array.from({ length: 200 }, (_, i) => `r${i}`).filter((row) => shardOf(row) === shardOf('a'))
  const [one, two, three] = rows as [string, string, string]
  const accepting = async (row: string, bound: number) =>
    await bench.accept(bounded(create(row), bound), await bench.base(row, null))

  test('a row more than the shard may hold is refused, before a base is read for it; one that is pending never', async () => {
    await accepting(one, 2)
    expect(await accepting(two, 2)).toMatchObject({ kind: 'accepted', stock: 2 })
    const before = await bench.everything()
    expect(await bench.accept(bounded(create(three), 2))).toEqual({ kind: 'full', sequence: 1 })
    expect(await bench.everything()).toEqual(before)
    expect(await bench.accept({ ...set(two, { n: 1 }), bound: 2 })).toMatchObject({ kind: 'accepted' })
    expect(await bench.accept(bounded(remove(one), 2))).toMatchObject({ kind: 'accepted' })
    expect(await accepting(three, 2)).toMatchObject({ kind: 'accepted' })
  })

  test('sealed rows count, and those that are dirty again count once', async () => {
    await accepting(one, 9)
    await accepting(two, 9)
    const at = { model: 'Item', shard: shardOf('a') }
    await sealBatch(bench.redis, bench.keys, at, 1, 10, () => {})
    await bench.accept(set(one, { n: 1 }))
    expect(await bench.accept(bounded(create(three), 2))).toEqual({ kind: 'full', sequence: 1 })
    expect(await accepting(three, 3)).toMatchObject({ kind: 'accepted' })
  })
})

test('a row that is being written past the queue takes nothing, until that is over', async () => {
  await bench.acceptOver(itemRow('a'), set('a', { n: 1 }))
  const { fence } = bench.keys.tag({ kind: 'row', model: 'Item', row: 'a' })
  await bench.redis.set(fence, `writer:${Date.now() + 60_000};`)
  const before = await bench.everything()
  expect(await bench.accept(set('a', { n: 2 }))).toEqual({ kind: 'fenced' })
  expect(await bench.everything()).toEqual(before)
  await bench.redis.set(fence, 'writer:1;')
  expect(await bench.accept(set('a', { n: 2 }))).toMatchObject({ kind: 'accepted' })
})

describe('a rejected change that is accepted once more', () => {
  test('takes the record, unless that is another one or something is pending', async () => {
    const key = bench.shard('a').rejected
    const claim = '{"some":"change"}'
    const again = { ...set('a', { n: 7 }), claim }
    const base = await bench.base('a', itemRow('a'))
    expect(await bench.accept(again, base)).toEqual({ kind: 'unclaimed' })
    await bench.redis.hset(key, 'a', '{"an":"other"}')
    expect(await bench.accept(again, base)).toEqual({ kind: 'unclaimed' })
    await bench.redis.hset(key, 'a', claim)
    expect(await bench.accept(again, base)).toMatchObject({ kind: 'accepted', row: itemRow('a', { n: 7 }) })
    expect(await bench.redis.hlen(key)).toBe(0)
    await bench.redis.hset(key, 'a', claim)
    expect(await bench.accept(again)).toEqual({ kind: 'newer' })
    expect(await bench.redis.hlen(key)).toBe(1)
  })

  test('a replacement is one whether there is a row or not', async () => {
    for (const values of [itemRow('a'), null]) {
      await bench.redis.del(bench.keys.pendingRow('Item', 'a'), bench.keys.openChange('Item', 'a'))
      const replaced = { ...create('a', { n: 3 }), operation: 'replace' as const }
      expect(await bench.accept(replaced, await bench.base('a', values))).toMatchObject({
        kind: 'accepted',
        row: itemRow('a', { n: 3 }),
      })
      expect(await bench.open('a')).toMatchObject({ '#kind': 'R', '=n': '3' })
    }
  })
})

describe('integers', () => {
  test('are exact over the whole of 64 bits', async () => {
    const from = 2n ** 62n + 1n
    await bench.acceptOver(itemRow('a', { big: from }), add('a', 'big', 3n))
    const reply = await bench.accept(add('a', 'big', 2n ** 62n - 6n))
    expect(reply).toMatchObject({ row: { big: from + 3n + 2n ** 62n - 6n } })
    expect((await bench.open('a'))['+big']).toBe(String(2n ** 62n - 3n))
    expect(await bench.pending('a')).toMatchObject({ row: { big: 2n ** 63n - 2n } })
  })

  test('NULL and a delta is NULL, and the delta is still handed on', async () => {
    const reply = await bench.acceptOver(itemRow('a', { n: null }), add('a', 'n', 5n))
    expect(reply).toMatchObject({ row: { n: null } })
    expect(await bench.open('a')).toMatchObject({ '+n': '5' })
    expect(await bench.accept(set('a', { n: null }))).toMatchObject({ row: { n: null } })
    expect(await bench.accept(add('a', 'n', 1n))).toMatchObject({ row: { n: null } })
    const open = await bench.open('a')
    expect([open['=n'], open['+n']]).toEqual(['', undefined])
  })

  test('a delta after a set goes into the value; a set after a delta drops it', async () => {
    await bench.acceptOver(itemRow('a', { n: 1 }), add('a', 'n', 5n))
    await bench.accept(set('a', { n: 10 }))
    await bench.accept(add('a', 'n', -3n))
    const open = await bench.open('a')
    expect([open['#kind'], open['=n'], open['+n']]).toEqual(['U', '7', undefined])
  })

  test('a thousand concurrent increments by several connections, each counted once', async () => {
    await bench.acceptOver(itemRow('a', { n: 0 }), set('a', { s: 'x' }))
    const others = [bench.redis, bench.redis.duplicate(), bench.redis.duplicate()]
    const replies = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => {
        const redis = others[i % others.length]!
        return bench.acceptOn(redis, add('a', 'n', 1n))
      }),
    )
    for (const other of others.slice(1)) other.disconnect()
    const seen = replies.map((reply) => (reply.kind === 'accepted' ? (reply.row.n as number) : -1))
    expect(new Set(seen)).toEqual(new Set(Array.from({ length: 1000 }, (_, i) => i + 1)))
    expect(await bench.open('a')).toMatchObject({ '+n': '1000', '#first': '1', '#last': '1001' })
  })
})

describe('windows', () => {
  test('the first dirty row of a shard opens one; once it is sealed, the next does', async () => {
    const { dirty } = bench.shard('a')
    expect(await bench.acceptOver(itemRow('a'), set('a', { n: 1 }))).toMatchObject({ opened: true, sequence: 1 })
    expect(await bench.accept(set('a', { n: 2 }))).toMatchObject({ opened: false, sequence: 2 })
    expect(await bench.redis.zrange(dirty, '0', '-1', 'WITHSCORES')).toEqual(['a', '1'])
    await bench.redis.del(dirty, bench.keys.openChange('Item', 'a'))
    await bench.redis.hset(bench.shard('a').sealed, 'a', '{}')
    expect(await bench.accept(set('a', { n: 3 }))).toMatchObject({ opened: true, sealed: true, sequence: 3 })
    expect(await bench.redis.zrange(dirty, '0', '-1', 'WITHSCORES')).toEqual(['a', '3'])
  })

  test('a row that is created and deleted in one window leaves nothing behind but its number', async () => {
    expect(await bench.acceptOver(null, create('a', { s: 'x' }))).toMatchObject({ sequence: 1 })
    expect(await bench.accept(remove('a'))).toMatchObject({ sequence: 2, row: { s: 'x' }, opened: false })
    expect(await bench.everything()).toEqual({
      [bench.versionKey('a')]: '1.made',
      [bench.shard('a').sequence]: '2',
    })
  })
})

describe('a row deleted behind', () => {
  test('keeps none of its values', async () => {
    await bench.acceptOver(itemRow('a', { s: 'secret' }), set('a', { n: 1 }))
    await bench.accept(remove('a'))
    const left = { ...(await bench.redis.hgetall(bench.keys.pendingRow('Item', 'a'))), ...(await bench.open('a')) }
    expect(Object.keys(left).filter((name) => !name.startsWith('#'))).toEqual([])
    expect(left).toMatchObject({ '#alive': '0', '#kind': 'D', '#first': '1', '#last': '2' })
  })

  test('stays pending while a sealed batch holds an older change of it', async () => {
    await bench.acceptOver(itemRow('a'), remove('a'))
    await bench.redis.hset(bench.shard('a').sealed, 'a', '{}')
    await bench.redis.del(bench.keys.openChange('Item', 'a'), bench.shard('a').dirty)
    expect(await bench.accept(create('a'))).toMatchObject({ sealed: true, opened: true })
    expect(await bench.accept(remove('a'))).toMatchObject({ sealed: true, opened: false })
    expect(await bench.pending('a')).toMatchObject({ kind: 'pending', row: null, sequence: 3 })
    expect(await bench.open('a')).toEqual({})
    expect(await bench.redis.exists(bench.shard('a').dirty)).toBe(0)
  })

  test('is not created again over an update that is still to be rejected', async () => {
    await bench.acceptOver(itemRow('a'), set('a', { n: 1 }))
    await bench.redis.hset(bench.keys.pendingRow('Item', 'a'), '#alive', '0') // as found when the older batch was applied
    expect(await bench.accept(create('a'))).toEqual({ kind: 'stalePending', sequence: 1 })
  })

  test('may be named like a field of the sealed batch', async () => {
    const { sealed } = bench.shard('#number')
    await bench.redis.hset(sealed, '#number', '1')
    expect(await bench.acceptOver(itemRow('#number'), set('#number', { n: 1 }))).toMatchObject({ sealed: false })
    await bench.redis.hset(sealed, '#row:#number', '{}')
    expect(await bench.accept(set('#number', { n: 2 }))).toMatchObject({ sealed: true })
  })
})

describe('bases and versions', () => {
  test('a key that was made for the write needs no base, and gets a version', async () => {
    const base = { kind: 'new', wide: 'w', epoch: 'e' } as const
    const reply = await bench.accept(create('a'), base)
    const version = await bench.redis.get(bench.versionKey('a'))
    expect(version).toMatch(/^\d+\.\S+$/)
    expect(reply).toMatchObject({ kind: 'accepted', base: { version, wide: 'w', epoch: 'e' } })
    expect(await bench.accept(set('a', { n: 4 }))).toMatchObject({ row: itemRow('a', { n: 4 }) })
  })

  test('the version lives as long as what is pending under it', async () => {
    const base = await bench.base('a', itemRow('a'))
    await bench.redis.pexpire(bench.versionKey('a'), 5000)
    await bench.accept(set('a', { n: 1 }), base)
    expect(await bench.redis.pttl(bench.versionKey('a'))).toBeGreaterThan(3600_000)
    expect(await bench.redis.pttl(bench.keys.pendingRow('Item', 'a'))).toBe(-1)
    expect(await bench.redis.pttl(bench.keys.openChange('Item', 'a'))).toBe(-1)
  })

  test('what is pending rests on the stamps of its base, whatever base a later write brings', async () => {
    await bench.accept(set('a', { n: 1 }), await bench.base('a', itemRow('a'), 'w1', 'e1'))
    const reply = await bench.accept(set('a', { n: 2 }), await bench.base('a', itemRow('a'), 'w2', 'e2'))
    expect(reply).toMatchObject({ base: { version: '1.made', wide: 'w1', epoch: 'e1' } })
    expect(await bench.pending('a')).toMatchObject({ sequence: 2, base: { wide: 'w1', epoch: 'e1' }, complete: true })
  })

  test('a pending row that another release wrote without a field is known to be incomplete', async () => {
    await bench.acceptOver(itemRow('a'), set('a', { s: 'x' }))
    await bench.redis.hdel(bench.keys.pendingRow('Item', 'a'), '=n')
    expect(await bench.accept(add('a', 'n', 2n))).toMatchObject({ kind: 'accepted', complete: false })
    expect(await bench.pending('a')).toMatchObject({ complete: false })
    expect(await bench.open('a')).toMatchObject({ '+n': '2' })
  })

  test('nothing pending, a pending row, a deleted one', async () => {
    expect(await bench.pending('a')).toEqual({ kind: 'none' })
    await bench.acceptOver(itemRow('a', { s: '' }), set('a', { tags: null }))
    expect(await bench.pending('a')).toMatchObject({ row: itemRow('a', { s: '', tags: [] }) })
    await bench.accept(remove('a'))
    expect(await bench.pending('a')).toMatchObject({ kind: 'pending', row: null, sequence: 2 })
  })
})
