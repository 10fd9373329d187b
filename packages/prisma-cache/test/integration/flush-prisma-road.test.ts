import { Decimal } from '@prisma/client/runtime/client'
import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { createPrismaRoad } from '../../src/queue/apply/prisma-road.js'
import type { ChangeKind, SealedChange } from '../../src/queue/change.js'
import type { SealedBatch } from '../../src/queue/seal.js'
import { policies as generated } from '../prisma/generated/cache/index.js'
import type { Prisma } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const policies = definePolicies(generated, {
  Setting: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory' }),
})

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

describe('a worker that writes by calls of Prisma', () => {
  const rejected: string[] = []
  beforeAll(async () => {
    const worker = await startFlushWorker({
      prisma: bench.plain() as never,
      policies,
      redis: bench.redisUrl,
      namespace: bench.namespace,
      road: 'prisma',
      onRejected: ({ row }) => rejected.push(row),
    })
    bench.onClose(() => worker.close())
  })

  it('writes what was accepted: of all types, folded, and what is deleted and made again', async () => {
    const { prisma, plain } = extend(bench, { policies })
    const where = { id: 'a' }
    await prisma.everything.create({ data: where })
    const written = await prisma.everything.update({
      where,
      data: {
        ...{ s: 'it’s', b: true, i: 7, l: 2n ** 60n, f: -0.5, d: new Decimal('1234567890.0123456789') },
        ...{ t: new Date(1), tz: new Date(2), day: new Date('2024-02-29'), j: { a: [null, 'x'] }, y: Buffer.from('ü') },
        ...{ e: 'PAID', strings: ['a', '"', ''], ints: [1, -1], big: [2n ** 62n] },
      } as Prisma.EverythingUncheckedUpdateInput,
    })
    await prisma.$cache.flush('Everything')
    expect(await plain.everything.findUnique({ where })).toEqual(written)
    const summed = await prisma.everything.update({
      where,
      data: { i: { increment: 5 }, l: { decrement: 1n }, s: null },
    })
    await prisma.everything.update({ where: { id: 'a' }, data: { strings: { push: 'b' } } })
    await prisma.$cache.flush('Everything')
    expect(await plain.everything.findUnique({ where })).toEqual({ ...summed, strings: ['a', '"', '', 'b'] })
    await prisma.everything.delete({ where })
    const anew = await prisma.everything.create({ data: { ...where, i: 1 } })
    await prisma.$cache.flush('Everything')
    expect(await plain.everything.findUnique({ where })).toEqual(anew)
    await prisma.everything.delete({ where })
    await prisma.$cache.flush('Everything')
    expect(await plain.everything.findUnique({ where })).toBeNull()
  })

  it('a compound key', async () => {
    const { prisma, plain } = extend(bench, { policies })
    const where = { scope_key: { scope: 's', key: 'k' } }
    await prisma.setting.create({ data: { ...where.scope_key, value: 'one' } })
    await prisma.$cache.flush('Setting')
    await prisma.setting.update({ where, data: { value: 'two' } })
    await prisma.$cache.flush('Setting')
    expect(await plain.setting.findUnique({ where })).toMatchObject({ value: 'two' })
  })

  it('what the database refuses is rejected alone, and told', async () => {
    const { prisma, plain } = extend(bench, { policies })
    await prisma.counter.create({ data: { id: 'fine' } })
    await plain.counter.create({ data: { id: 'taken' } })
    await prisma.counter.update({ where: { id: 'taken' }, data: { hits: 1 } })
    await plain.counter.delete({ where: { id: 'taken' } })
    const flushed = prisma.$cache.flush('Counter')
    await expect(flushed).rejects.toMatchObject({ code: 'PC1303', rejected: [{ row: 'taken' }] })
    expect(await plain.counter.findUnique({ where: { id: 'fine' } })).not.toBeNull()
    expect(rejected).toEqual(['taken'])
  })
})

describe('the road itself', () => {
  const change = (kind: ChangeKind, set: Record<string, string>, add: Record<string, string> = {}): SealedChange => ({
    ...{ kind, first: 1, last: 1, since: 1 },
    set,
    add,
  })
  const batchOf = (number: number, rows: Record<string, SealedChange>): SealedBatch => ({
    ...{ model: 'Counter', shard: 0, name: { epoch: 1, number } },
    rows: Object.entries(rows).map(([row, change]) => ({ row, change })),
  })
  const options = (shard: string) => ({ ledgerShard: shard, queueEpoch: 1, timeoutMs: 20_000 })
  const road = () => createPrismaRoad(bench.plain() as never, policies)

  it('applies a batch once, whoever comes with it; two at a time, one of them', async () => {
    const plain = bench.plain()
    await plain.counter.create({ data: { id: 'once' } })
    await road().apply(batchOf(1, {}), options('once'))
    const batch = batchOf(2, { once: change('U', {}, { hits: '3' }) })
    const applied = await Promise.all([1, 2, 3].map(() => road().apply(batch, options('once'))))
    expect(applied.filter(({ now }) => now)).toHaveLength(1)
    expect((await road().apply(batch, options('once'))).now).toBe(false)
    expect((await road().apply(batchOf(1, { once: change('U', {}, { hits: '100' }) }), options('once'))).now).toBe(
      false,
    )
    expect(await plain.counter.findUnique({ where: { id: 'once' } })).toMatchObject({ hits: 3 })
  })

  it('rejects what is refused and writes all others, and the next one finds who was rejected', async () => {
    const plain = bench.plain()
    await plain.counter.create({ data: { id: 'there' } })
    const values = { hits: '0', total: '0', label: '=none', note: '' }
    const batch = batchOf(1, {
      there: change('C', values),
      new1: change('C', values),
      gone: change('U', { hits: '1' }),
      new2: change('C', values),
      full: change('C', { ...values, hits: String(2 ** 31) }),
    })
    const first = await road().apply(batch, options('bad'))
    expect(first.rejected.map(({ row, sqlState }) => [row, sqlState]).sort()).toEqual([
      ['full', '22003'],
      ['gone', undefined],
      ['there', '23505'],
    ])
    const second = await road().apply(batch, options('bad'))
    expect({ now: second.now, rows: second.rejected.map(({ row }) => row).sort() }).toEqual({
      now: false,
      rows: ['full', 'gone', 'there'],
    })
    expect(await plain.counter.count({ where: { id: { in: ['new1', 'new2'] } } })).toBe(2)
  })

  it('a batch that fails at its end has moved no ledger', async () => {
    const plain = bench.plain()
    await plain.counter.create({ data: { id: 'end' } })
    const batch = batchOf(1, { end: change('U', {}, { hits: '1' }), none: change('U', { hits: '1' }) })
    const waiting = { ...options('end'), beforeReject: () => Promise.reject(new Error('not yet')) }
    await expect(road().apply(batch, waiting)).rejects.toThrow('not yet')
    expect(await plain.counter.findUnique({ where: { id: 'end' } })).toMatchObject({ hits: 0 })
    expect((await road().apply(batch, options('end'))).now).toBe(true)
    expect(await plain.counter.findUnique({ where: { id: 'end' } })).toMatchObject({ hits: 1 })
  })
})
