import { Decimal } from '@prisma/client/runtime/client'
import { type RelationField, resolvePolicy, type ScalarField } from '@prisma-cache/policy-dsl'
import { planAccept } from '../../src/planner/plan-accept.js'
import { accepted, field, id, makers, model, now, policy, reasonOf, update } from './support/accept-entry.js'

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

  test('increments: absolute', () => {
    const absolute = { ...entry, policy: resolvePolicy('writeBehind', { increments: 'absolute' }) as typeof policy }
    const data = { i: { multiply: 2 }, l: { decrement: 5n }, s: 'x' }
    expect(accepted(absolute, 'update', update(data)).update).toEqual({
      set: { s: 'x' },
      add: {},
      push: {},
      compute: { i: { how: '*', operand: 2n, ...int4 }, l: { how: '+', operand: -5n, ...int8 } },
    })
    for (const [name, operation] of [
      ['l', { multiply: 2n }],
      ['l', { divide: 2n }],
      ['i', { divide: 0 }],
      ['i', { divide: 1.5 }],
      ['f', { increment: 1 }],
      ['d', { multiply: 2 }],
    ] as const) {
      expect(reasonOf(absolute, 'update', update({ [name]: operation }))).toBe(`value of ${name}`)
    }
    const unique = { ...absolute, facts: { ...absolute.facts, uniques: [{ name: 'i', fields: ['i'] }] } }
    expect(reasonOf(unique, 'update', update({ i: { multiply: 2 } }))).toBe('a unique field is changed')
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

test('creates: writeThrough', () => {
  const byDatabase = field('made', 'Int', { nullable: false, default: { by: 'database' } })
  const through = {
    ...model([byDatabase, field('i', 'Int')]),
    policy: resolvePolicy('writeBehind', { creates: 'writeThrough' }) as typeof policy,
  }
  expect(reasonOf(through, 'create', { data: { id: 'a' } })).toBe('creates: writeThrough')
  const upsert = { where: { id: 'a' }, create: { i: 1 }, update: { i: 2 } }
  expect(reasonOf(through, 'upsert', upsert)).toBe('id is left out')
  const created = { ...upsert, create: { id: 'b', i: 1 } }
  expect(planAccept(through, 'upsert', created, { enums: {}, makers })).toMatchObject({
    plan: { operation: 'update', update: { set: { i: 2 } } },
  })
  expect(reasonOf(through, 'upsert', { ...upsert, create: { id: 'a', nope: 1 } })).toBe('nope is not a scalar field')
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

  test('a unique value is given up past the queue only, since another row may take it', () => {
    const unique = model([field('n', 'Int'), field('code', 'String')], {
      uniques: [{ name: 'code', fields: ['code'] }],
    })
    const where = { id: 'a' }
    expect(reasonOf(unique, 'delete', { where })).toBe('another row may take its unique value')
    expect(reasonOf(unique, 'update', update({ code: 'x' }))).toBe('a unique field is changed')
    expect(reasonOf(unique, 'upsert', { where, create: { id: 'a', n: 1, code: 'x' }, update: { code: 'x' } })).toBe(
      'a unique field is changed',
    )
    expect(reasonOf(unique, 'upsert', { where, create: { id: 'a', n: 1, code: 'x' }, update: { n: 1 } })).toBe(
      'accepted',
    )
    expect(reasonOf(unique, 'create', { data: { id: 'a', n: 1, code: 'x' } })).toBe('accepted')
    expect(reasonOf(unique, 'update', update({ n: 1 }))).toBe('accepted')
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
