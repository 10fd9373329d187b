import { createRowCodec } from '../../src/protocol/row-codec.js'
import { readableFields } from '../../src/queue/apply/returned-row.js'
import { Prisma } from '../prisma/generated/prisma/client.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'

let bench: FlushBench
beforeAll(async () => {
  bench = await createFlushBench()
})
afterAll(() => bench.close())

const counter = (id: string, more = {}) => ({ id, hits: 0, total: 0n, label: 'none', note: null, ...more })

describe('each kind of change', () => {
  it('creates, and returns the row as Postgres has it', async () => {
    const applied = await bench.apply(
      bench.batch('Counter', { c1: { kind: 'C', set: counter('c1', { hits: 3, note: 'n' }) } }),
    )
    expect(applied).toMatchObject({ now: true, rejected: [] })
    expect(applied.rows.get('c1')).toEqual(counter('c1', { hits: 3, note: 'n' }))
    expect(await bench.prisma.counter.findUnique({ where: { id: 'c1' } })).toEqual(
      counter('c1', { hits: 3, note: 'n' }),
    )
  })

  it('updates the columns that were changed and no others', async () => {
    await bench.prisma.counter.create({ data: counter('u1', { hits: 5, total: 7n, label: 'old' }) })
    const batch = bench.batch('Counter', { u1: { kind: 'U', set: { note: 'x' }, add: { hits: 2, total: -10n } } })
    await bench.prisma.counter.update({ where: { id: 'u1' }, data: { label: 'by another writer' } })
    const applied = await bench.apply(batch)
    const row = counter('u1', { hits: 7, total: -3n, label: 'by another writer', note: 'x' })
    expect(applied.rows.get('u1')).toEqual(row)
    expect(await bench.prisma.counter.findUnique({ where: { id: 'u1' } })).toEqual(row)
  })

  it('sets a column to NULL, and takes an update without a change for a read', async () => {
    await bench.prisma.counter.createMany({ data: [counter('u2', { note: 'x' }), counter('u3', { hits: 9 })] })
    const applied = await bench.apply(
      bench.batch('Counter', { u2: { kind: 'U', set: { note: null } }, u3: { kind: 'U' } }),
    )
    expect(applied.rows.get('u2')).toEqual(counter('u2'))
    expect(applied.rows.get('u3')).toEqual(counter('u3', { hits: 9 }))
  })

  it('adds a sum that only the column together with it has room for', async () => {
    await bench.prisma.counter.create({ data: counter('a1', { hits: -2147483648 }) })
    const applied = await bench.apply(bench.batch('Counter', { a1: { kind: 'U', add: { hits: 4294967295 } } }))
    expect(applied.rows.get('a1')).toEqual(counter('a1', { hits: 2147483647 }))
  })

  it('deletes', async () => {
    await bench.prisma.counter.create({ data: counter('d1') })
    const applied = await bench.apply(bench.batch('Counter', { d1: { kind: 'D' } }))
    expect(applied.rows).toEqual(new Map([['d1', null]]))
    expect(await bench.prisma.counter.findUnique({ where: { id: 'd1' } })).toBeNull()
  })

  it('replaces a row that is there or not; columns that are not named start over', async () => {
    await bench.prisma.counter.create({ data: counter('r1', { hits: 5, label: 'old', note: 'old' }) })
    const applied = await bench.apply(
      bench.batch('Counter', {
        r1: { kind: 'R', set: { id: 'r1', hits: 1, total: 2n, label: 'new' } },
        r2: { kind: 'R', set: { id: 'r2', hits: 1, total: 2n, label: 'new' } },
      }),
    )
    expect(applied.rows.get('r1')).toEqual(counter('r1', { hits: 1, total: 2n, label: 'new' }))
    expect(applied.rows.get('r2')).toEqual(counter('r2', { hits: 1, total: 2n, label: 'new' }))
  })

  it('takes one statement a shape', async () => {
    const rows = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`s${i}`, i]))
    await bench.apply(
      bench.batch('Counter', Object.fromEntries(Object.keys(rows).map((id) => [id, { kind: 'C', set: counter(id) }]))),
    )
    const batch = bench.batch(
      'Counter',
      Object.fromEntries(
        Object.entries(rows).map(([id, i]) => [
          id,
          i % 2 ? { kind: 'U', add: { hits: i } } : { kind: 'U', set: { label: id } },
        ]),
      ),
    )
    expect(bench.sqlOf('Counter').group(batch.rows)).toHaveLength(2)
    const applied = await bench.apply(batch)
    expect(applied.rows.get('s7')).toEqual(counter('s7', { hits: 7 }))
    expect(applied.rows.get('s8')).toEqual(counter('s8', { label: 's8' }))
  })
})

describe('every scalar type', () => {
  const full = {
    s: 'quote " backslash \\ 漢字 \n{}',
    b: true,
    i: -2147483648,
    l: 9007199254740993n,
    f: 0.1,
    d: new Prisma.Decimal('12345678901234567890.123456789'),
    t: new Date('2024-02-29T12:34:56.789Z'),
    tz: new Date('1969-12-31T23:59:59.001Z'),
    day: new Date('1900-01-01T00:00:00.000Z'),
    j: { a: [1, null, 'x"y\\z'], __proto__: undefined, n: 1.5e300 },
    y: new Uint8Array([0, 1, 92, 255]),
    e: 'PAID',
    strings: ['', 'a,b', '"', '\\', 'NULL', '{x}', ' '],
    ints: [1, -1],
    big: [9007199254740993n],
    uuid: '0190b3a0-7e2c-7d5f-8a3b-1c2d3e4f5a6b',
  }
  const empty = Object.fromEntries(
    Object.keys(full).map((name) => [name, name === 'strings' || name === 'ints' || name === 'big' ? [] : null]),
  )
  const cases: Record<string, Record<string, unknown>> = {
    full,
    empty,
    'f-nan': { ...empty, f: Number.NaN },
    'f-inf': { ...empty, f: Number.NEGATIVE_INFINITY },
    'f-small': { ...empty, f: 5e-324, d: new Prisma.Decimal('-1E-10') },
    'f-large': { ...empty, f: 1e300, b: false, i: 0, l: -9223372036854775808n },
    'j-list': { ...empty, j: [[1], [2, [3]]] },
    'j-text': { ...empty, j: 'text' },
    'j-false': { ...empty, j: false },
    's-empty': { ...empty, s: '', y: new Uint8Array() },
  }

  it('is written as Prisma would write it, and returned as Prisma reads it', async () => {
    const codec = createRowCodec(readableFields(bench.factsOf('Everything')))
    const applied = await bench.apply(
      bench.batch(
        'Everything',
        Object.fromEntries(Object.entries(cases).map(([id, row]) => [id, { kind: 'C', set: { id, ...row } }])),
      ),
    )
    expect(applied.rejected).toEqual([])
    for (const [id, row] of Object.entries(cases)) {
      await bench.prisma.plain.create({ data: { id, ...row, j: row.j ?? Prisma.DbNull } as never })
      const plain = await bench.prisma.plain.findUnique({ where: { id } })
      const read = await bench.prisma.everything.findUnique({ where: { id } })
      expect(read).toEqual(plain)
      expect(applied.rows.get(id)).toEqual(plain)
      expect(codec.encode(applied.rows.get(id)!)).toBe(codec.encode(read as never))
    }
  })

  it('is set by an update too', async () => {
    await bench.prisma.everything.create({ data: { id: 'set' } })
    const applied = await bench.apply(bench.batch('Everything', { set: { kind: 'U', set: full } }))
    const { id: _, ...rest } = (await bench.prisma.everything.findUnique({ where: { id: 'set' } }))!
    const { id: _p, ...plain } = (await bench.prisma.plain.findUnique({ where: { id: 'full' } }))!
    expect(rest).toEqual(plain)
    expect(applied.rows.get('set')).toEqual({ id: 'set', ...plain })
  })

  it("knows JSON's null from SQL's", async () => {
    const batch = bench.batch('Everything', {
      jn: { kind: 'C', set: { id: 'jn' } },
      jd: { kind: 'C', set: { id: 'jd', j: null } },
    })
    const rows = batch.rows.map((row) =>
      row.row === 'jn' ? { ...row, change: { ...row.change, set: { ...row.change.set, j: 'null' } } } : row,
    )
    await bench.apply({ ...batch, rows })
    const found = await bench.prisma.$queryRawUnsafe(
      `SELECT id, jsonb_typeof(j) AS j FROM "Everything" WHERE id IN ('jn', 'jd') ORDER BY id`,
    )
    expect(found).toEqual([
      { id: 'jd', j: null },
      { id: 'jn', j: 'null' },
    ])
  })
})

describe('rejection', () => {
  it('takes out the rows that are refused alone, and applies all others', async () => {
    const good = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`g${i}`, { kind: 'C', set: counter(`g${i}`) } as const]),
    )
    await bench.prisma.counter.create({ data: counter('g17', { label: 'there before' }) })
    await bench.prisma.counter.create({ data: counter('o1', { hits: 2147483647 }) })
    const applied = await bench.apply(
      bench.batch('Counter', {
        ...good,
        o1: { kind: 'U', add: { hits: 1 } },
        m1: { kind: 'U', set: { label: 'x' } },
        m2: { kind: 'D' },
      }),
    )
    expect(applied.rejected.map(({ row, sqlState, error }) => [row, sqlState, error]).sort()).toEqual([
      ['g17', '23505', expect.stringContaining('duplicate key')],
      ['m1', undefined, 'the row does not exist'],
      ['m2', undefined, 'the row does not exist'],
      ['o1', '22003', expect.stringContaining('out of range')],
    ])
    expect(applied.rows.get('g17')).toEqual(counter('g17', { label: 'there before' }))
    expect(applied.rows.get('o1')).toEqual(counter('o1', { hits: 2147483647 }))
    expect(applied.rows.get('m1')).toBeNull()
    expect(await bench.prisma.counter.count({ where: { id: { startsWith: 'g' } } })).toBe(40)
  })

  it('tries a refused row again after the others: one of them may have made room', async () => {
    await bench.prisma.$executeRawUnsafe(`CREATE UNIQUE INDEX counter_note ON "Counter" (note_text)`)
    await bench.prisma.counter.create({ data: counter('n1', { note: 'only one' }) })
    const applied = await bench.apply(
      bench.batch('Counter', { n2: { kind: 'C', set: counter('n2', { note: 'only one' }) }, n1: { kind: 'D' } }),
    )
    await bench.prisma.$executeRawUnsafe('DROP INDEX counter_note')
    expect(applied.rejected).toEqual([])
    expect(applied.rows.get('n2')).toEqual(counter('n2', { note: 'only one' }))
  })

  it('finds what a deferred constraint refuses at COMMIT', async () => {
    await bench.prisma.$executeRawUnsafe(
      `ALTER TABLE "Counter" ADD CONSTRAINT counter_label UNIQUE (label, note_text) DEFERRABLE INITIALLY DEFERRED`,
    )
    const same = { label: 'deferred', note: 'deferred' }
    const applied = await bench.apply(
      bench.batch('Counter', {
        f1: { kind: 'C', set: counter('f1', same) },
        f2: { kind: 'C', set: counter('f2', same) },
      }),
    )
    await bench.prisma.$executeRawUnsafe('ALTER TABLE "Counter" DROP CONSTRAINT counter_label')
    expect(applied.rejected.map(({ row }) => row)).toEqual(['f2'])
    expect(applied.rows.get('f1')).toEqual(counter('f1', same))
  })

  it('is no answer to a schema that the worker does not know', async () => {
    await bench.prisma.$executeRawUnsafe('ALTER TABLE "Counter" RENAME COLUMN label TO label_')
    await expect(bench.apply(bench.batch('Counter', { z1: { kind: 'C', set: counter('z1') } }))).rejects.toThrow(
      'label',
    )
    await bench.prisma.$executeRawUnsafe('ALTER TABLE "Counter" RENAME COLUMN label_ TO label')
  })
})

describe('the ledger', () => {
  it('lets a batch through once, and gives the rejected to who comes later', async () => {
    await bench.prisma.counter.create({ data: counter('l1') })
    const batch = bench.batch('Counter', { l1: { kind: 'U', add: { hits: 1 } }, l2: { kind: 'U', add: { hits: 1 } } })
    const first = await bench.apply(batch)
    const second = await bench.apply(batch)
    expect([first.now, second.now]).toEqual([true, false])
    expect(second.rejected).toEqual(first.rejected)
    expect(second.rejected.map(({ row }) => row)).toEqual(['l2'])
    expect(second.rows.get('l1')).toEqual(counter('l1', { hits: 1 }))
  })

  it('lets one of two workers through that apply at the same time', async () => {
    await bench.prisma.counter.create({ data: counter('l3') })
    const batch = bench.batch('Counter', { l3: { kind: 'U', add: { hits: 1 } } })
    const applied = await Promise.all([bench.apply(batch), bench.apply(batch), bench.apply(batch)])
    expect(applied.filter(({ now }) => now)).toHaveLength(1)
    expect(await bench.prisma.counter.findUnique({ where: { id: 'l3' } })).toEqual(counter('l3', { hits: 1 }))
  })

  it('refuses to call a batch applied on the word of another queue', async () => {
    await bench.apply(bench.batch('Counter', { l4: { kind: 'C', set: counter('l4') } }, { epoch: 9, number: 1 }))
    const late = bench.batch('Counter', { l5: { kind: 'C', set: counter('l5') } }, { epoch: 8, number: 5 })
    await expect(bench.apply(late)).rejects.toThrow('past this Redis')
    expect((await bench.apply(late, { queueEpoch: 9 })).now).toBe(false)
  })
})
