import { Decimal } from '@prisma/client/runtime/client'
import type { ModelEntry, ModelFacts, ModelPolicy, RelationField, ScalarField } from '@prisma-cache/policy-dsl'
import type { ValueMakers } from '../../src/planner/client-defaults.js'
import { type AcceptPlan, planAccept } from '../../src/planner/plan-accept.js'

const now = new Date('2026-01-02T03:04:05.678Z')
const makers: ValueMakers = {
  now: () => new Date(now),
  uuid: (version) => `00000000-0000-${version}000-8000-000000000000`,
  cuid: (version) => `cuid${version}`,
  ulid: () => 'ulid',
  nanoid: (length) => 'n'.repeat(length ?? 21),
}
const enums = { Tier: { dbName: 'Tier', values: { FREE: 'FREE', PAID: 'paid_tier' } } }

function field(name: string, type: ScalarField['type'], more: Partial<ScalarField> = {}): ScalarField {
  return { name, dbName: name, type, list: false, nullable: true, updatedAt: false, ...more }
}

const id = field('id', 'String', { nullable: false })
const policy: ModelPolicy = {
  strategy: 'writeBehind',
  ttl: 1000,
  consistency: 'session',
  flushEvery: 250,
  maxBatch: 100,
  durability: { kind: 'fsync' },
}

function model(fields: readonly ScalarField[], more: Partial<ModelFacts> = {}): ModelEntry {
  const facts: ModelFacts = {
    name: 'Thing',
    dbName: 'Thing',
    fields: [id, ...fields],
    relations: [],
    primaryKey: { name: 'id', fields: ['id'] },
    uniques: [],
    isView: false,
    shapeHash: '0'.repeat(12),
    ...more,
  }
  return { policy, facts }
}

const decide = (entry: ModelEntry, operation: string, args: unknown) =>
  planAccept(entry, operation, args, { enums, makers })

function accepted<O extends AcceptPlan['operation']>(
  entry: ModelEntry,
  operation: O,
  args: unknown,
): Extract<AcceptPlan, { operation: O }> {
  const decision = decide(entry, operation, args)
  if (decision.kind === 'direct') throw new Error(`direct: ${decision.reason}`)
  return decision.plan as Extract<AcceptPlan, { operation: O }>
}

const reasonOf = (entry: ModelEntry, operation: string, args: unknown) => {
  const decision = decide(entry, operation, args)
  return decision.kind === 'direct' ? decision.reason : 'accepted'
}

const update = (data: unknown) => ({ where: { id: 'a' }, data })

describe('values that come back as they are given', () => {
  const native = (name: string, ...args: string[]): Partial<ScalarField> => ({ nativeType: [name, args] })
  test.each<[string, ScalarField, unknown, unknown]>([
    ['String', field('x', 'String'), 'a:{b}\n\u{1f600}', 'a:{b}\n\u{1f600}'],
    ['empty String', field('x', 'String'), '', ''],
    ['VarChar counts characters', field('x', 'String', native('VarChar', '2')), '\u{1f600}b', '\u{1f600}b'],
    ['full Char', field('x', 'String', native('Char', '3')), 'abc', 'abc'],
    ['Uuid', field('x', 'String', native('Uuid')), makers.uuid(4), makers.uuid(4)],
    ['Boolean', field('x', 'Boolean'), false, false],
    ['Int', field('x', 'Int'), -2147483648, -2147483648],
    ['SmallInt', field('x', 'Int', native('SmallInt')), 32767, 32767],
    ['BigInt', field('x', 'BigInt'), 9223372036854775807n, 9223372036854775807n],
    ['BigInt as number', field('x', 'BigInt'), 2 ** 53 - 1, 9007199254740991n],
    ['Float', field('x', 'Float'), 0.1, 0.1],
    ['Decimal', field('x', 'Decimal', native('Decimal', '5', '2')), new Decimal('-123.45'), new Decimal('-123.45')],
    ['Decimal as text', field('x', 'Decimal'), '12345678901234567890.5', new Decimal('12345678901234567890.5')],
    ['Decimal as number', field('x', 'Decimal'), 1.25, new Decimal('1.25')],
    ['DateTime', field('x', 'DateTime'), now, now],
    ['DateTime as text', field('x', 'DateTime', native('Timestamptz')), '2024-02-29T00:00:00Z', new Date('2024-02-29')],
    ['Json', field('x', 'Json'), { a: [1, null, 'b', { set: 1 }] }, { a: [1, null, 'b', { set: 1 }] }],
    ['Json that looks like an operation', field('x', 'Json'), { increment: 1 }, { increment: 1 }],
    ['Bytes', field('x', 'Bytes'), new Uint8Array([0, 255]), new Uint8Array([0, 255])],
    ['Enum', field('x', 'Enum', { enumName: 'Tier' }), 'PAID', 'PAID'],
    ['null', field('x', 'Int'), null, null],
    ['list', field('x', 'Int', { list: true }), [1, 2], [1, 2]],
    ['Json list', field('x', 'Json', { list: true }), [{ a: 1 }, 'b'], [{ a: 1 }, 'b']],
  ])('%s', (_, x, given, kept) => {
    expect(accepted(model([x]), 'update', update({ x: given })).update).toEqual({ set: { x: kept }, add: {}, push: {} })
    expect(accepted(model([x]), 'create', { data: { id: 'a', x: given } }).create).toEqual({ id: 'a', x: kept })
    if (x.type !== 'Json') {
      expect(accepted(model([x]), 'update', update({ x: { set: given } })).update.set).toEqual({ x: kept })
    }
  })
})

describe('values that are for Prisma to take or refuse', () => {
  class Point {
    x = 1
  }
  const native = (name: string, ...args: string[]): Partial<ScalarField> => ({ nativeType: [name, args] })
  test.each<[string, ScalarField, unknown]>([
    ['number for String', field('x', 'String'), 1],
    ['NUL in String', field('x', 'String'), 'a\0'],
    ['half a surrogate pair', field('x', 'String'), '\ud800'],
    ['long VarChar', field('x', 'String', native('VarChar', '2')), 'abc'],
    ['short Char', field('x', 'String', native('Char', '3')), 'ab'],
    ['Uuid in capitals', field('x', 'String', native('Uuid')), 'A0000000-0000-4000-8000-000000000000'],
    ['Inet', field('x', 'String', native('Inet')), '10.0.0.1'],
    ['text for Boolean', field('x', 'Boolean'), 'true'],
    ['fraction for Int', field('x', 'Int'), 1.5],
    ['bigint for Int', field('x', 'Int'), 1n],
    ['Int out of range', field('x', 'Int'), 2147483648],
    ['SmallInt out of range', field('x', 'Int', native('SmallInt')), 32768],
    ['Oid', field('x', 'Int', native('Oid')), 1],
    ['BigInt out of range', field('x', 'BigInt'), 9223372036854775808n],
    ['unsafe number for BigInt', field('x', 'BigInt'), 2 ** 53],
    ['NaN', field('x', 'Float'), Number.NaN],
    ['infinity', field('x', 'Float'), Number.POSITIVE_INFINITY],
    ['negative zero', field('x', 'Float'), -0],
    ['Float near the end', field('x', 'Float'), Number.MAX_VALUE],
    ['Real', field('x', 'Float', native('Real')), 0.5],
    ['Decimal that is rounded', field('x', 'Decimal', native('Decimal', '5', '2')), '1.005'],
    ['Decimal that overflows', field('x', 'Decimal', native('Decimal', '5', '2')), 1000],
    ['Decimal as odd text', field('x', 'Decimal'), '1e3'],
    ['Decimal NaN', field('x', 'Decimal'), new Decimal(Number.NaN)],
    ['Money', field('x', 'Decimal', native('Money')), 1],
    ['invalid Date', field('x', 'DateTime'), new Date(Number.NaN)],
    ['date without time', field('x', 'DateTime'), '2024-01-01'],
    ['day that is none', field('x', 'DateTime'), '2023-02-29T00:00:00Z'],
    ['microseconds', field('x', 'DateTime'), '2024-01-01T00:00:00.123456Z'],
    ['time zone', field('x', 'DateTime'), '2024-01-01T00:00:00+01:00'],
    ['Date column', field('x', 'DateTime', native('Date')), now],
    ['coarse Timestamp', field('x', 'DateTime', native('Timestamp', '0')), now],
    ['year 10000', field('x', 'DateTime'), new Date('+010000-01-01T00:00:00Z')],
    ['null for Json', field('x', 'Json'), null],
    ['class in Json', field('x', 'Json'), { p: new Point() }],
    ['Date in Json', field('x', 'Json'), { at: now }],
    ['undefined in Json', field('x', 'Json'), { a: undefined }],
    ['hole in Json', field('x', 'Json'), [1, , 2]], // biome-ignore lint/suspicious/noSparseArray: the case
    ['NaN in Json', field('x', 'Json'), [Number.NaN]],
    ['NUL in Json', field('x', 'Json'), { 'a\0': 1 }],
    ['Prisma’s own mark in Json', field('x', 'Json'), { $type: 'BigInt', value: '1' }],
    ['Buffer’s cousin for Bytes', field('x', 'Bytes'), new Uint16Array([1])],
    ['text for Bytes', field('x', 'Bytes'), 'AA=='],
    ['no member of the Enum', field('x', 'Enum', { enumName: 'Tier' }), 'paid_tier'],
    ['inherited name for Enum', field('x', 'Enum', { enumName: 'Tier' }), 'toString'],
    ['null where none may be', field('x', 'Int', { nullable: false }), null],
    ['null for a list', field('x', 'Int', { list: true }), null],
    ['one item for a list', field('x', 'Int', { list: true }), 1],
    ['null in a list', field('x', 'Int', { list: true }), [1, null]],
    ['undefined in a list', field('x', 'Int', { list: true }), [undefined]],
    ['an operation on a Json list', field('x', 'Json', { list: true }), { set: [1] }],
    ['Unsupported', field('x', 'Unsupported'), 'a'],
    ['a skipped value', field('x', 'Int'), Symbol('skip')],
  ])('%s', (_, x, given) => {
    expect(reasonOf(model([x]), 'update', update({ x: given }))).toMatch(/^(value of )?x/)
    expect(reasonOf(model([x]), 'create', { data: { id: 'a', x: given } })).toMatch(/^(value of )?x/)
  })

  test('a value that contains itself', () => {
    const json: Record<string, unknown> = {}
    json.self = json
    expect(reasonOf(model([field('x', 'Json')]), 'update', update({ x: json }))).toBe('value of x')
  })
})

describe('operations of an update', () => {
  const entry = model([
    field('i', 'Int'),
    field('l', 'BigInt'),
    field('f', 'Float'),
    field('d', 'Decimal'),
    field('s', 'String'),
    field('tags', 'String', { list: true }),
  ])
  const int4 = { min: -2147483648n, max: 2147483647n }
  const int8 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

  test('increments of integers are deltas, pushes are items', () => {
    const data = { i: { increment: 2 }, l: { decrement: 5n }, tags: { push: ['a', 'b'] }, s: undefined }
    expect(accepted(entry, 'update', update(data)).update).toEqual({
      set: {},
      add: { i: { delta: 2n, ...int4 }, l: { delta: -5n, ...int8 } },
      push: { tags: ['a', 'b'] },
    })
    expect(accepted(entry, 'update', update({ tags: { push: 'a' } })).update.push).toEqual({ tags: ['a'] })
  })

  test.each<[string, unknown]>([
    ['i', { increment: 1.5 }],
    ['i', { increment: 2 ** 31 }],
    ['i', { increment: null }],
    ['i', { increment: 1, decrement: 1 }],
    ['i', { multiply: 2 }],
    ['i', { divide: 2 }],
    ['i', { set: undefined }],
    ['i', {}],
    ['l', { decrement: -(2n ** 63n) }],
    ['f', { increment: 1 }],
    ['d', { increment: 1 }],
    ['s', { increment: 1 }],
    ['tags', { push: [] }],
    ['tags', { push: null }],
    ['tags', { push: ['a'], set: ['b'] }],
  ])('%s: %p goes direct', (name, operation) => {
    expect(reasonOf(entry, 'update', update({ [name]: operation }))).toBe(`value of ${name}`)
  })

  test.each<[unknown, string]>([
    [{}, 'nothing is changed'],
    [{ i: undefined }, 'nothing is changed'],
    [undefined, 'data is not an object'],
    [[], 'data is not an object'],
    [{ id: 'b' }, 'id is of the primary key'],
    [{ nope: 1 }, 'nope is not a scalar field'],
    [{ i: 1, owner: { connect: { id: 1 } } }, 'owner is not a scalar field'],
  ])('data %p: %s', (data, reason) => {
    expect(reasonOf(entry, 'update', update(data))).toBe(reason)
  })
})

describe('creates', () => {
  const by = (fn: 'uuid' | 'cuid' | 'ulid' | 'nanoid' | 'now', ...args: (string | number)[]) =>
    ({ default: { by: 'client', fn, args }, nullable: false }) as const
  const literal = (value: unknown) => ({ default: { by: 'literal', value }, nullable: false }) as const

  test('fields that are left out get what Prisma would give them', () => {
    const entry = model([
      field('u4', 'String', by('uuid', 4)),
      field('u7', 'String', by('uuid', 7)),
      field('c1', 'String', by('cuid', 1)),
      field('c2', 'String', by('cuid', 2)),
      field('ulid', 'String', by('ulid')),
      field('nano', 'String', by('nanoid', 5)),
      field('at', 'DateTime', by('now')),
      field('seen', 'DateTime', { updatedAt: true, nullable: false }),
      field('n', 'Int', literal(3)),
      field('big', 'BigInt', literal('9223372036854775807')),
      field('dec', 'Decimal', literal('1.50')),
      field('day', 'DateTime', literal('2020-01-01T00:00:00+00:00')),
      field('bytes', 'Bytes', literal('aGk=')),
      field('json', 'Json', literal('{"a":[1]}')),
      field('tier', 'Enum', { enumName: 'Tier', ...literal('PAID') }),
      field('bigs', 'BigInt', { list: true, ...literal(['1', '2']) }),
      field('none', 'String'),
      field('list', 'String', { list: true, nullable: false }),
      field('geo', 'Unsupported'),
    ])
    expect(accepted(entry, 'create', { data: { id: 'a', none: undefined } }).create).toEqual({
      id: 'a',
      u4: makers.uuid(4),
      u7: makers.uuid(7),
      c1: 'cuid1',
      c2: 'cuid2',
      ulid: 'ulid',
      nano: 'nnnnn',
      at: now,
      seen: now,
      n: 3,
      big: 9223372036854775807n,
      dec: new Decimal('1.5'),
      day: new Date('2020-01-01'),
      bytes: new Uint8Array([104, 105]),
      json: { a: [1] },
      tier: 'PAID',
      bigs: [1n, 2n],
      none: null,
      list: null,
    })
  })

  test.each<[string, ScalarField]>([
    ['the database makes it', field('x', 'Int', { default: { by: 'database' } })],
    ['it is required', field('x', 'Int', { nullable: false })],
    ['the default would be rounded', field('x', 'DateTime', { ...by('now'), nativeType: ['Date', []] })],
    ['the default is unknown', field('x', 'String', by('uuid', 9))],
  ])('a field left out goes direct when %s', (_, x) => {
    expect(reasonOf(model([x]), 'create', { data: { id: 'a' } })).toBe('x is left out')
  })

  test('a key made here needs no read; a given or short one does', () => {
    const keyed = (maker: Partial<ScalarField>) => model([], { fields: [{ ...id, ...maker }] })
    const made = accepted(keyed(by('uuid', 4)), 'create', { data: {} })
    expect([made.row, made.key, made.unrepeated]).toEqual([makers.uuid(4), { id: makers.uuid(4) }, true])
    expect(accepted(keyed(by('uuid', 4)), 'create', { data: { id: 'a' } }).unrepeated).toBe(false)
    expect(accepted(keyed(by('nanoid')), 'create', { data: {} }).unrepeated).toBe(true)
    expect(accepted(keyed(by('nanoid', 5)), 'create', { data: {} }).unrepeated).toBe(false)
  })

  test('an upsert whose create makes another row goes direct', () => {
    const entry = model([field('n', 'Int')])
    const args = { where: { id: 'a' }, create: { id: 'b', n: 1 }, update: { n: 2 } }
    expect(reasonOf(entry, 'upsert', args)).toBe('the created row is another')
    expect(accepted(entry, 'upsert', { ...args, create: { id: 'a', n: 1 } })).toMatchObject({
      row: 'a',
      create: { id: 'a', n: 1 },
      update: { set: { n: 2 } },
    })
  })
})

describe('which writes are accepted at all', () => {
  const entry = model([field('n', 'Int'), field('s', 'String')])
  const back: RelationField = {
    name: 'parts',
    model: 'Part',
    relationName: 'PartToThing',
    list: true,
    nullable: false,
    from: [],
    to: [],
  }

  test.each<[string, string, unknown, string]>([
    ['many rows', 'updateMany', update({ n: 1 }), 'operation updateMany'],
    ['include', 'update', { ...update({ n: 1 }), include: { parts: true } }, 'argument include'],
    ['relation in select', 'update', { ...update({ n: 1 }), select: { parts: true } }, 'the answer is more'],
    ['unknown argument', 'delete', { where: { id: 'a' }, relationLoadStrategy: 'join' }, 'argument relationLoad'],
    ['more conditions', 'update', { where: { id: 'a', n: 1 }, data: { n: 2 } }, 'where is not'],
    ['no condition', 'delete', { where: {} }, 'where is not'],
    ['a key that Postgres cannot hold', 'delete', { where: { id: 'a\0' } }, 'where'],
    ['no arguments', 'delete', undefined, 'arguments'],
  ])('%s: direct', (_, operation, args, reason) => {
    expect(reasonOf(entry, operation, args)).toContain(reason)
  })

  test('undefined arguments are as good as absent', () => {
    const args = { where: { id: 'a', n: undefined }, include: undefined, select: { n: true } }
    const plan = accepted(entry, 'delete', args)
    expect(plan.project({ id: 'a', n: 1, s: 'x' })).toEqual({ n: 1 })
    expect(plan).toMatchObject({ flushEvery: 250, durability: { kind: 'fsync' } })
  })

  test('a row that others may refer to is not deleted behind, nor is a unique field of it changed', () => {
    const parent = model([field('n', 'Int'), field('code', 'String')], {
      relations: [back],
      uniques: [{ name: 'code', fields: ['code'] }],
    })
    expect(reasonOf(parent, 'delete', { where: { id: 'a' } })).toBe('other rows may refer to it')
    expect(reasonOf(parent, 'update', update({ code: 'x' }))).toBe('other rows may refer to a changed field')
    expect(reasonOf(parent, 'update', update({ n: 1 }))).toBe('accepted')
  })

  test('a compound key', () => {
    const fields = [field('a', 'Int'), field('b', 'String'), field('n', 'Int')]
    const compound = model([], { fields, primaryKey: { name: 'a_b', fields: ['a', 'b'] } })
    const plan = accepted(compound, 'update', { where: { a_b: { a: 1, b: 'x,y' } }, data: { n: 1 } })
    expect([plan.row, plan.key]).toEqual(['1,x\\,y', { a: 1, b: 'x,y' }])
  })

  test('other strategies, views and models without a primary key', () => {
    const { facts } = entry
    const args = { where: { id: 'a' } }
    expect(reasonOf({ facts, policy: { strategy: 'none' } }, 'delete', args)).toBe('not a write-behind model')
    expect(reasonOf({ policy, facts: { ...facts, isView: true } }, 'delete', args)).toBe('no primary key')
    const { primaryKey: _, ...keyless } = facts
    expect(reasonOf({ policy, facts: keyless }, 'delete', args)).toBe('no primary key')
  })

  test('an update sets @updatedAt unless it is given', () => {
    const touched = model([field('n', 'Int'), field('seen', 'DateTime', { updatedAt: true, nullable: false })])
    expect(accepted(touched, 'update', update({ n: 1 })).update.set).toEqual({ n: 1, seen: now })
    const then = new Date(0)
    expect(accepted(touched, 'update', update({ seen: then })).update.set).toEqual({ seen: then })
  })
})
