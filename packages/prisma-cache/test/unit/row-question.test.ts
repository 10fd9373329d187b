import { resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planRead } from '../../src/planner/plan-read.js'
import { createRowQuestions } from '../../src/planner/row-question.js'
import { createKeys } from '../../src/protocol/keys.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const keys = createKeys('n')
const FIELDS = { id: 'String', name: 'String', paid: 'Boolean' } as const

function questionsOf(entry: ReturnType<typeof modelEntry>, clientOmit = {}) {
  const index = createModelIndex(policySet(entry, modelEntry('Other', { id: 'Int' })), clientOmit)
  const model = index.get(entry.facts.name)!
  return {
    questions: createRowQuestions(keys, model),
    planned: (args: unknown) => planRead(index, keys, model, 'findUnique', args),
  }
}

describe('a question of one row', () => {
  test.each([
    { where: { id: 'a' } },
    { where: { id: 'a,b\\' } },
    { where: { id: '' } },
    { where: { id: 'a' }, select: { name: true } },
    { where: { id: 'a' }, select: { name: true, id: true } },
  ])('is planned as every read: %j', (args) => {
    const { questions, planned } = questionsOf(modelEntry('User', FIELDS, [{}]))
    const asked = questions!.read(args)!
    const row = { id: 'a', name: 'n', paid: true }
    const { project, ...plan } = planned(args) as { project(row: object): object }
    const { project: ours, ...own } = questions!.plan(asked)
    expect(own).toEqual(plan)
    expect(JSON.stringify(ours(row))).toBe(JSON.stringify(project(row)))
    expect(questions!.args(asked)).toEqual(args)
    expect(questions!.args(asked)).not.toBe(args)
  })

  test.each([
    ['Int', 1, -0, 2 ** 31 - 1, -(2 ** 31)],
    ['BigInt', 1, 1n, -(2n ** 63n)],
  ] as const)('of a key of type %s', (type, ...values) => {
    const { questions, planned } = questionsOf(modelEntry('User', { id: type }))
    for (const id of values) {
      const { project: _, ...own } = questions!.plan(questions!.read({ where: { id } })!)
      expect(own).toEqual({ ...planned({ where: { id } }), project: undefined })
    }
  })

  test.each([
    [undefined],
    [null],
    ['a'],
    [{}],
    [[]],
    [{ where: {} }],
    [{ where: null }],
    [{ where: 'a' }],
    [{ where: ['a'] }],
    [{ where: { id: 1 } }],
    [{ where: { id: 'a\0' } }],
    [{ where: { id: null } }],
    [{ where: { id: undefined } }],
    [{ where: { id: { equals: 'a' } } }],
    [{ where: { id: new String('a') } }],
    [{ where: { id: 'a', name: 'b' } }],
    [{ where: { id: 'a', name: undefined } }],
    [{ where: { name: 'b' } }],
    [{ where: Object.create({ id: 'a' }) }],
    [{ where: Object.assign(Object.create({ name: 'b' }), { id: 'a' }) }],
    [{ where: { id: 'a' }, select: undefined }],
    [{ where: { id: 'a' }, select: null }],
    [{ where: { id: 'a' }, select: {} }],
    [{ where: { id: 'a' }, select: { other: true } }],
    [{ where: { id: 'a' }, select: { nome: true } }],
    [{ where: { id: 'a' }, select: { name: false } }],
    [{ where: { id: 'a' }, select: { name: 1 } }],
    [{ where: { id: 'a' }, select: { name: undefined } }],
    [{ where: { id: 'a' }, select: ['name'] }],
    [{ where: { id: 'a' }, include: {} }],
    [{ where: { id: 'a' }, omit: { name: true } }],
    [{ where: { id: 'a' }, cache: false }],
    [{ where: { id: 'a' }, nonsense: 1 }],
    [Object.assign(Object.create({ nonsense: 1 }), { where: { id: 'a' } })],
  ])('is not %j', (args) => {
    expect(questionsOf(modelEntry('User', FIELDS, [{}])).questions!.read(args)).toBeUndefined()
  })

  test('of a number that is no whole one of its size', () => {
    const { questions } = questionsOf(modelEntry('User', { id: 'Int' }))
    for (const id of [1.5, Number.NaN, Infinity, '1', 1n, 2 ** 31])
      expect(questions!.read({ where: { id } })).toBeUndefined()
  })

  test('where the client omits a field by default only one that selects', () => {
    const { questions } = questionsOf(modelEntry('User', FIELDS), { user: { name: true } })
    expect(questions!.read({ where: { id: 'a' } })).toBeUndefined()
    expect(questions!.read({ where: { id: 'a' }, select: { name: true } })).toBeDefined()
  })
})

test('a big number of more than 64 bits is not one', () => {
  const { questions } = questionsOf(modelEntry('User', { id: 'BigInt' }))
  for (const id of [2n ** 63n, 1.5, '1']) expect(questions!.read({ where: { id } })).toBeUndefined()
})

test('models whose rows need more than their key', () => {
  const entry = modelEntry('User', FIELDS)
  const { facts } = entry
  const field = (more: object) => [{ ...facts.fields[0]!, ...more }, ...facts.fields.slice(1)]
  const policy = (more: object) => resolvePolicy('invalidate', { ttl: 1000, ...more })
  const others: ReturnType<typeof modelEntry>[] = [
    { ...entry, policy: resolvePolicy('none', {}) },
    { ...entry, policy: policy({ read: { kind: 'none' } }) },
    { ...entry, policy: policy({ dependsOn: ['Other'] }) },
    { ...entry, fieldPolicies: { omit: ['name'], scope: [] } },
    { ...entry, fieldPolicies: { omit: [], scope: ['name'] } },
    { ...entry, facts: { ...facts, isView: true } },
    { ...entry, facts: { ...facts, primaryKey: { name: 'id_name', fields: ['id', 'name'] } } },
    { ...entry, facts: { ...facts, fields: field({ type: 'DateTime' }) } },
    { ...entry, facts: { ...facts, fields: field({ type: 'Enum' }) } },
  ]
  for (const other of others) expect(questionsOf(other).questions).toBeUndefined()
  const citext = { ...entry, facts: { ...facts, fields: field({ nativeType: ['Citext', []] }) } }
  expect(questionsOf(citext).questions!.read({ where: { id: 'a' } })).toBeUndefined()
})

describe('a UUID that is not spelled as Postgres gives it', () => {
  const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
  const entry = modelEntry('User', { ...FIELDS, code: 'String' }, [{}])
  const native = { id: ['Uuid', []], code: ['Char', ['5']] } as Record<string, readonly [string, readonly string[]]>
  const typed = {
    ...entry,
    facts: {
      ...entry.facts,
      fields: entry.facts.fields.map((field) => {
        const nativeType = native[field.name]
        return nativeType ? { ...field, nativeType } : field
      }),
    },
  } as typeof entry

  // Prisma answers two of them in one tick with no row; kept, that would answer everybody who spells it rightly.
  test('is never asked of the cache, and shares nothing with the one that is', () => {
    const { questions, planned } = questionsOf(typed)
    for (const where of [{ id: id.toUpperCase() }, { id: id.replace('a', 'A') }, { id: id.replaceAll('-', '') }]) {
      expect(questions!.read({ where })).toBeUndefined()
      expect(planned({ where })).toEqual({ kind: 'bypass', reason: 'uncacheable-arguments' })
      expect(planned({ where, include: {} })).toEqual({ kind: 'bypass', reason: 'uncacheable-arguments' })
    }
    expect(questions!.read({ where: { id } })).toMatchObject({ row: id })
    expect(planned({ where: { id } })).toMatchObject({ kind: 'row', row: id })
  })

  test('"no such row" is not kept of a text that has several spellings', () => {
    const { planned } = questionsOf(typed)
    expect(planned({ where: { id, code: 'xy' } })).toMatchObject({ kind: 'answer', mayKeepNone: false })
    expect(planned({ where: { id, name: 'xy' } })).toMatchObject({ kind: 'answer', mayKeepNone: true })
  })
})
