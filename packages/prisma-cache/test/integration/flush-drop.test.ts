import * as commands from '../../src/protocol/commands.generated.js'
import { shardOf } from '../../src/protocol/keys.js'
import { createRowCodec, type Row } from '../../src/protocol/row-codec.js'
import { runCommand } from '../../src/protocol/run-command.js'
import type { Applied } from '../../src/queue/apply/apply-batch.js'
import { readableFields } from '../../src/queue/apply/returned-row.js'
import { type DropStamps, dropBatch } from '../../src/queue/drop.js'
import { readPending } from '../../src/queue/read-pending.js'
import { type SealedBatch, sealBatch } from '../../src/queue/seal.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'

let bench: FlushBench
let row: string
let n = 0

beforeAll(async () => {
  bench = await createFlushBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  row = `row ${++n}`
})

const counter = (more: Row = {}) => ({ id: row, hits: 0, total: 0n, label: 'none', note: null, ...more })
const tag = () => bench.keys.tag({ kind: 'row', model: 'Counter', row })
const entryKey = () => bench.keys.rowEntry('Counter', row, bench.factsOf('Counter').shapeHash)
const pending = () => readPending(bench.store, bench.keys, bench.factsOf('Counter'), row)
const version = () => bench.store.get(tag().version)
const at = () => ({ model: 'Counter', shard: shardOf(row) })

async function seal(epoch = 1, maxBatch = 100): Promise<SealedBatch> {
  const sealed = await sealBatch(bench.store, bench.keys, at(), epoch, maxBatch, () => {})
  if (sealed.kind !== 'sealed' && sealed.kind !== 'found') throw new Error(sealed.kind)
  return sealed.batch
}

/** As the worker reads it before its transaction. */
async function stamps(batch: SealedBatch, more: Partial<DropStamps> = {}): Promise<DropStamps> {
  const keys = batch.rows.map(({ row }) => bench.keys.tag({ kind: 'row', model: 'Counter', row }).version)
  const made = (await runCommand(bench.store, commands.ensureVersions, keys, ['n', 60_000])) as string[]
  return {
    epoch: 'epoch@here',
    wideVersion: 'wide',
    rowVersions: new Map(batch.rows.map(({ row }, i) => [row, made[i]!])),
    mayPut: true,
    ...more,
  }
}

const drop = (batch: SealedBatch, applied: Applied, before: DropStamps) =>
  dropBatch(batch, applied, before, {
    redis: bench.store,
    keys: bench.keys,
    facts: bench.factsOf('Counter'),
    lifeMs: 60_000,
    entryOf: (row) => bench.keys.rowEntry('Counter', row, bench.factsOf('Counter').shapeHash),
  })

const entry = async () => {
  const text = await bench.store.get(entryKey())
  if (text === null) return null
  const [head, body] = text.split('\n')
  const line = head!.slice(0, head!.lastIndexOf(';')) // without the sum
  return { line, row: createRowCodec(readableFields(bench.factsOf('Counter'))).decode(body!) }
}

describe('sealing', () => {
  it('takes what is dirty, oldest first, and hands it out until it is dropped', async () => {
    const shard = at().shard
    const rows = Array.from({ length: 400 }, (_, i) => `s${i}`)
      .filter((id) => shardOf(id) === shard)
      .slice(0, 5)
    for (const id of rows) await bench.accept('Counter', id, { kind: 'U', add: { hits: 1 } })
    await bench.accept('Counter', rows[0]!, { kind: 'U', add: { hits: 1 } })
    const batch = await seal(1, 3)
    expect(batch.rows.map(({ row }) => row)).toEqual(rows.slice(0, 3))
    expect(batch.rows[0]!.change).toMatchObject({ kind: 'U', set: {}, add: { hits: '2' } })
    await bench.accept('Counter', rows[0]!, { kind: 'U', add: { hits: 5 } })
    expect(await seal(7, 3)).toEqual(batch)
    const applied = { now: true, rejected: [], rows: new Map(batch.rows.map(({ row }) => [row, null])) }
    expect(await drop(batch, applied, await stamps(batch))).toBe(3)
    const next = await seal(1, 100)
    expect(next.name.number).toBeGreaterThan(batch.name.number)
    expect(next.rows.map(({ row }) => row)).toEqual([...rows.slice(3), rows[0]])
    await drop(next, { ...applied, rows: new Map() }, await stamps(next))
    expect(await sealBatch(bench.store, bench.keys, at(), 1, 9, () => {})).toEqual({ kind: 'nothing' })
  })

  it('refuses an epoch before the last one: the ledger would take the batch for applied', async () => {
    await bench.accept('Counter', row, { kind: 'C', set: counter() })
    const batch = await seal(5)
    await drop(batch, { now: true, rejected: [], rows: new Map() }, await stamps(batch))
    await bench.accept('Counter', row, { kind: 'U', add: { hits: 1 } })
    expect(await sealBatch(bench.store, bench.keys, at(), 4, 9, () => {})).toEqual({ kind: 'stale', epoch: 5 })
    expect((await seal(6)).rows).toHaveLength(1)
    await bench.store.del(bench.keys.shard('Counter', at().shard).sealed)
  })

  it('is not confused by a row that is named like a field of the batch', async () => {
    row = '#number'
    await bench.accept('Counter', row, { kind: 'C', set: counter() })
    const batch = await seal()
    expect(batch.rows).toMatchObject([{ row: '#number', change: { kind: 'C' } }])
    expect(await drop(batch, { now: true, rejected: [], rows: new Map([[row, counter()]]) }, await stamps(batch))).toBe(
      1,
    )
    expect(await bench.store.exists(bench.keys.shard('Counter', at().shard).sealed)).toBe(0)
  })
})

describe('dropping', () => {
  it('puts the row that Postgres returned, under a version of its own', async () => {
    await bench.accept('Counter', row, { kind: 'C', set: counter({ hits: 2 }) })
    const batch = await seal()
    const before = await stamps(batch)
    const applied = await bench.apply(batch)
    expect(await drop(batch, applied, before)).toBe(1)
    expect(await version()).not.toBe(before.rowVersions.get(row))
    expect(await entry()).toEqual({ line: `epoch@here,${await version()},wide;60000`, row: counter({ hits: 2 }) })
    expect(await pending()).toEqual({ kind: 'none' })
  })

  it('is done once', async () => {
    await bench.accept('Counter', row, { kind: 'C', set: counter() })
    const batch = await seal()
    const before = await stamps(batch)
    const applied = await bench.apply(batch)
    await drop(batch, applied, before)
    await bench.accept('Counter', row, { kind: 'U', add: { hits: 1 } })
    const next = await seal()
    const open = await bench.store.hgetall(bench.keys.pendingRow('Counter', row))
    const standing = await version()
    expect(await drop(batch, applied, before)).toBe(0)
    expect(await bench.store.hgetall(bench.keys.pendingRow('Counter', row))).toEqual(open)
    expect(await version()).toBe(standing)
    await drop(next, await bench.apply(next), await stamps(next))
    expect(await entry()).toMatchObject({ row: counter({ hits: 1 }) })
  })

  it('puts nothing when somebody wrote the row past the queue meanwhile, is in flight, or a quarantine holds', async () => {
    const cases: Record<string, (before: DropStamps) => Promise<unknown>> = {
      wrote: () => runCommand(bench.store, commands.touch, [tag().version], ['x', 60_000]),
      'is in flight': () => bench.store.set(tag().fence, `other:${Date.now() + 60_000};`),
      'may have been forgotten': async (before) => Object.assign(before, { mayPut: false }),
    }
    for (const [name, meanwhile] of Object.entries(cases)) {
      row = `past ${name}`
      await bench.accept('Counter', row, { kind: 'C', set: counter() })
      const batch = await seal()
      const before = await stamps(batch)
      const applied = await bench.apply(batch)
      await meanwhile(before)
      expect(await drop(batch, applied, before)).toBe(1)
      expect([name, await entry()]).toEqual([name, null])
    }
  })

  it('leaves no entry of a deleted row', async () => {
    await bench.prisma.counter.create({ data: counter() })
    await bench.store.set(entryKey(), 'old')
    await bench.accept('Counter', row, { kind: 'D' })
    const batch = await seal()
    await drop(batch, await bench.apply(batch), await stamps(batch))
    expect(await entry()).toBeNull()
    expect(await pending()).toEqual({ kind: 'none' })
  })
})

describe('an open change on top of the batch', () => {
  const overlay = async (sealed: Parameters<FlushBench['accept']>[2], open: Parameters<FlushBench['accept']>[2]) => {
    await bench.accept('Counter', row, sealed, counter())
    const batch = await seal()
    const before = await stamps(batch)
    const sequence = await bench.accept('Counter', row, open)
    const applied = await bench.apply(batch)
    await drop(batch, applied, before)
    return sequence
  }

  it('is shown over what Postgres has', async () => {
    await bench.prisma.counter.create({ data: counter({ hits: 100, label: 'theirs', total: 2n ** 62n }) })
    const sequence = await overlay(
      { kind: 'U', add: { hits: 1 } },
      { kind: 'U', set: { note: 'mine' }, add: { hits: 10, total: 5n } },
    )
    expect(await pending()).toEqual({
      kind: 'pending',
      complete: true,
      sequence,
      since: expect.any(Number),
      base: { version: await version(), wide: 'wide', epoch: 'epoch@here' },
      row: counter({ hits: 111, label: 'theirs', note: 'mine', total: 2n ** 62n + 5n }),
    })
    expect(await entry()).toBeNull()
    const next = await seal()
    expect(next.rows[0]!.change.add).toEqual({ hits: '10', total: '5' })
    await drop(next, await bench.apply(next), await stamps(next))
    expect(await entry()).toMatchObject({
      row: counter({ hits: 111, label: 'theirs', note: 'mine', total: 2n ** 62n + 5n }),
    })
  })

  it('of a delete: there is no row', async () => {
    await overlay({ kind: 'C', set: counter() }, { kind: 'D' })
    expect(await pending()).toMatchObject({ kind: 'pending', row: null })
    const next = await seal()
    await drop(next, await bench.apply(next), await stamps(next))
    expect(await bench.prisma.counter.findUnique({ where: { id: row } })).toBeNull()
  })

  it('of a create after a sealed delete: the new row alone', async () => {
    await bench.prisma.counter.create({ data: counter({ note: 'old', hits: 9 }) })
    await overlay({ kind: 'D' }, { kind: 'C', set: counter({ label: 'new' }) })
    expect(await pending()).toMatchObject({ kind: 'pending', row: counter({ label: 'new' }) })
    const next = await seal()
    await drop(next, await bench.apply(next), await stamps(next))
    expect(await entry()).toMatchObject({ row: counter({ label: 'new' }) })
  })

  it('of an update after a rejected create: no row, and the update is rejected in its turn', async () => {
    await bench.prisma.$executeRawUnsafe(`ALTER TABLE "Counter" ADD CONSTRAINT positive CHECK (hits >= 0)`)
    await overlay({ kind: 'C', set: counter({ hits: -1 }) }, { kind: 'U', set: { label: 'x' } })
    await bench.prisma.$executeRawUnsafe(`ALTER TABLE "Counter" DROP CONSTRAINT positive`)
    expect(await pending()).toMatchObject({ kind: 'pending', row: null })
    const next = await seal()
    const applied = await bench.apply(next)
    expect(applied.rejected).toMatchObject([{ row, error: 'the row does not exist' }])
    await drop(next, applied, await stamps(next))
    expect(await pending()).toEqual({ kind: 'none' })
    const kept = await bench.store.hget(bench.keys.shard('Counter', at().shard).rejected, row)
    expect(JSON.parse(kept!)).toMatchObject({ model: 'Counter', row, kind: 'U', set: { label: '=x' } })
  })

  it('is marked as out of date when somebody wrote past the queue meanwhile', async () => {
    await bench.prisma.counter.create({ data: counter() })
    await bench.accept('Counter', row, { kind: 'U', add: { hits: 1 } }, counter())
    const batch = await seal()
    const before = await stamps(batch)
    await bench.accept('Counter', row, { kind: 'U', add: { hits: 1 } })
    const applied = await bench.apply(batch)
    await runCommand(bench.store, commands.touch, [tag().version], ['x', 60_000])
    await drop(batch, applied, before)
    const now = await pending()
    expect(now).toMatchObject({ kind: 'pending', row: counter({ hits: 2 }) })
    expect(now.kind === 'pending' && now.base.version).not.toBe(await version())
    await bench.store.del(
      bench.keys.openChange('Counter', row),
      bench.keys.pendingRow('Counter', row),
      bench.keys.shard('Counter', at().shard).dirty,
    )
  })
})
