import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'
import { accepted, field, makers, model, now, reasonOf, update } from './support/accept-entry.js'

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
    [
      'numbers in Json',
      field('x', 'Json'),
      [0, 0.1, 1e21, -1.25e-7, 2 ** 53 - 1],
      [0, 0.1, 1e21, -1.25e-7, 2 ** 53 - 1],
    ],
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
    ['Float beyond 64 bits', field('x', 'Float'), 221416774713668830000],
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
    ['hole in Json', field('x', 'Json'), new Array(2)],
    ['many digits in Json', field('x', 'Json'), [0.30000000000000004]],
    ['a long exponent in Json', field('x', 'Json'), [1.5e145]],
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
