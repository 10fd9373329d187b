import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import fc from 'fast-check'
import { rowIdOf } from '../../src/planner/row-id.js'
import { encodeField } from '../../src/protocol/field-codec.js'
import { keyOfRow } from '../../src/queue/apply/row-key.js'

const field = (name: string, type: ScalarField['type'], native?: string): ScalarField => ({
  name,
  dbName: name,
  type,
  list: false,
  nullable: false,
  updatedAt: false,
  ...(native ? { nativeType: [native, []] as const } : {}),
})

const facts: ModelFacts = {
  name: 'M',
  dbName: 'M',
  fields: [
    field('s', 'String'),
    field('t', 'String'),
    field('i', 'Int'),
    field('b', 'BigInt'),
    field('u', 'String', 'Uuid'),
  ],
  relations: [],
  primaryKey: { name: 's_t_i_b_u', fields: ['s', 't', 'i', 'b', 'u'] },
  uniques: [],
  indexes: [],
  isView: false,
  shapeHash: '0',
}

it('takes a row id apart into what it was made of', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(',', '\\', 'a', '') }))
  const key = fc.record({
    s: text,
    t: text,
    i: fc.integer(),
    b: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    u: fc.uuid(),
  })
  fc.assert(
    fc.property(key, (values) => {
      const expected = facts.fields.map((one) => [one.name, encodeField(one, values[one.name as keyof typeof values])])
      expect(keyOfRow(facts, rowIdOf(facts, values)!)).toEqual(Object.fromEntries(expected))
    }),
  )
})

it('refuses an id of another key', () => {
  expect(() => keyOfRow(facts, 'a,b')).toThrow('does not name a row of M')
})
