import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'
import fc from 'fast-check'
import { decodeAnswer, encodeAnswer } from '../../src/protocol/answer-codec.js'
import { decodeField, encodeField } from '../../src/protocol/field-codec.js'
import { createRowCodec } from '../../src/protocol/row-codec.js'

const json = fc.jsonValue({ maxDepth: 3 })
/** As Prisma writes it: JSON text knows no negative zero that JavaScript would write. */
const written = json.map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const VALUES: Record<Exclude<ScalarField['type'], 'Unsupported'>, fc.Arbitrary<unknown>> = {
  String: fc.string({ unit: 'binary' }),
  Enum: fc.constantFrom('A', 'B'),
  Boolean: fc.boolean(),
  Int: fc.integer(),
  BigInt: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  Float: fc.double(),
  Decimal: fc.tuple(fc.bigInt(), fc.integer({ min: -20, max: 20 })).map(([n, e]) => new Decimal(`${n}e${e}`)),
  DateTime: fc.date({ noInvalidDate: true }),
  Json: json.filter((value) => value !== null),
  Bytes: fc.uint8Array(),
}
const field = (name: string, type: ScalarField['type'], list = false): ScalarField => ({
  name,
  dbName: name,
  type,
  list,
  nullable: true,
  updatedAt: false,
})
const fields = Object.keys(VALUES).flatMap((type) => [
  field(`one${type}`, type as ScalarField['type']),
  field(`many${type}`, type as ScalarField['type'], true),
])
const arbitraryOf = (one: ScalarField): fc.Arbitrary<unknown> => {
  const value = VALUES[one.type as keyof typeof VALUES]
  return fc.option(one.list ? fc.array(value, { maxLength: 3 }) : value)
}
const rowOf = Object.fromEntries(fields.map((one) => [one.name, arbitraryOf(one)]))
const row = fc.record(rowOf)

test('a row comes back equal, with its types', () => {
  const codec = createRowCodec(fields)
  fc.assert(fc.property(row, (values) => expect(codec.decode(codec.encode(values))).toEqual(values)))
})

test('H27: a copy of a row is equal to it and shares nothing that could be changed', () => {
  const names = fields.map(({ name }) => name)
  const copy = createRowCodec(fields).copying(names)
  const inner = (value: unknown): unknown[] =>
    value === null || typeof value !== 'object' ? [] : [value, ...Object.values(value).flatMap(inner)]
  fc.assert(
    fc.property(row, (values) => {
      const copied = copy(values)
      expect(copied).toEqual(values)
      const own = new Set(inner(values).filter((one) => typeof one !== 'function'))
      for (const name of names) for (const part of inner(copied[name])) expect(own.has(part)).toBe(false)
    }),
  )
  expect(Object.keys(createRowCodec(fields).copying(['oneInt', 'oneString'])({ oneString: 'a', oneInt: 1 }))).toEqual([
    'oneInt',
    'oneString',
  ])
})

test('a field comes back equal, and only NULL is the empty text', () => {
  const accepted = fc.record({
    ...rowOf,
    oneJson: fc.option(written.filter((value) => value !== null)),
    manyJson: fc.option(fc.array(written)),
  })
  fc.assert(
    fc.property(accepted, (values: Record<string, unknown>) => {
      for (const one of fields) {
        const text = encodeField(one, values[one.name])
        expect(text === '').toBe(values[one.name] === null)
        expect(decodeField(one, text)).toEqual(values[one.name])
      }
    }),
  )
})

test('any answer comes back equal, whatever its keys are named', () => {
  const leaf = fc.oneof(...Object.values(VALUES), fc.constant(null), fc.constantFrom(-0, Number.NaN, Infinity))
  const { answer } = fc.letrec((tie) => ({
    answer: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('answer'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom('$d', '$$d', '$', '__proto__', 'constructor')),
        tie('answer'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    ),
  }))
  fc.assert(
    fc.property(answer, (value) => expect(decodeAnswer(encodeAnswer(value))).toEqual(value)),
    { numRuns: 500 },
  )
})

test('foreign bytes are refused, not guessed', () => {
  const codec = createRowCodec(fields)
  for (const text of ['', 'x', '{}', '[]', '[1]', 'null']) expect(() => codec.decode(text)).toThrow()
  expect(() => decodeAnswer('{"$z":1}')).toThrow(/unknown mark/)
})

/** What lies in Redis of a deployed version: a change here needs a new form of the keys. */
test('the wire format stands', () => {
  const values = {
    oneString: 'a"\u00e9',
    oneEnum: 'A',
    oneBoolean: true,
    oneInt: -1,
    oneBigInt: 9007199254740993n,
    oneFloat: -0,
    oneDecimal: new Decimal('1.50'),
    oneDateTime: new Date(86_400_000),
    oneJson: { $d: null },
    oneBytes: new Uint8Array([255]),
  }
  const codec = createRowCodec(fields.filter((one) => !one.list))
  expect(codec.encode(values)).toBe(
    '["a\\"é","A",true,-1,"9007199254740993","-0","1.5",86400000,[{"$$d":null}],"/w=="]',
  )
  expect(encodeAnswer([values])).toBe(
    '[{"oneString":"a\\"é","oneEnum":"A","oneBoolean":true,"oneInt":-1,"oneBigInt":{"$i":"9007199254740993"},' +
      '"oneFloat":{"$n":"-0"},"oneDecimal":{"$m":"1.5"},"oneDateTime":{"$d":86400000},"oneJson":{"$$d":null},"oneBytes":{"$b":"/w=="}}]',
  )
  expect(
    fields.filter((one) => !one.list).map((one) => encodeField(one, values[one.name as keyof typeof values])),
  ).toEqual(['=a"é', '=A', '1', '-1', '9007199254740993', '-0', '1.5', '86400000', '{"$d":null}', '=/w=='])
})
