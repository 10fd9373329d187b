import { type ModelEntry, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planRead } from '../../src/planner/plan-read.js'
import { planWrite } from '../../src/planner/plan-write.js'
import { createKeys } from '../../src/protocol/keys.js'
import { type Tag, tagName, uniteTags } from '../../src/protocol/tag.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const note = (policy: ModelEntry['policy'], more: object = {}): ModelEntry => {
  const entry = modelEntry(
    'Note',
    {
      id: 'Int',
      owner: 'Int',
      topic: 'String',
      text: 'String',
      done: 'Boolean',
      weight: 'Float',
      at: 'DateTime',
      seen: 'DateTime',
    },
    [{ name: 'user', model: 'User', relationName: 'NoteToUser', from: ['owner'], to: ['id'] }],
    policy,
  )
  const fields = entry.facts.fields.map((field) => ({
    ...field,
    updatedAt: field.name === 'at',
    dbName: field.name === 'text' ? 'the text' : field.name,
    ...(field.name === 'seen' ? { default: { by: 'database' as const } } : {}),
  }))
  return { ...entry, facts: { ...entry.facts, fields, indexes: [['topic']], uniques: [], ...more } }
}
const User = modelEntry('User', { id: 'Int' }, [
  { name: 'notes', model: 'Note', relationName: 'NoteToUser', list: true },
])
const by = (columns: 'all' | 'read', more: object = {}) => resolvePolicy('invalidate', { ttl: 1000, columns, ...more })
const indexOf = (entry: ModelEntry) => createModelIndex(policySet(entry, User))
const index = indexOf(note(by('read')))
const keys = createKeys('t')

const short = (tags: readonly Tag[]) => tags.map((tag) => tagName(tag).replace(/\.[0-9a-f]{6}/, ''))

function read(operation: string, args: unknown, of = index) {
  const plan = planRead(of, keys, of.get('Note')!, operation, args)
  if (plan.kind === 'bypass') throw new Error(plan.reason)
  return short(plan.tags)
}

const table = ['t:Note']
const columns = (...names: string[]) => ['f:Note:+', ...names.map((name) => `f:Note:+${name}`)]
const ofTopic = (...names: string[]) => [
  'k:Note:topic==a#+',
  ...names.map((name) => `k:Note:topic==a#+${name}`),
  'f:Note:topic',
]
const id = { id: true }
const byId = { orderBy: { id: 'asc' } }

describe('what a read mentions', () => {
  test.each<[string, string, object | undefined, string[]]>([
    ['a count of all', 'count', undefined, columns()],
    ['a count by a filter', 'count', { where: { done: true, NOT: [{ owner: { gt: 3 } }] } }, columns('owner', 'done')],
    ['a count of fields', 'count', { select: { _all: true, topic: true } }, columns('topic')],
    ['a count by key', 'count', { where: { topic: 'a' } }, ofTopic()],
    ['a count by key and more', 'count', { where: { topic: 'a', done: true } }, ofTopic('done')],
    ['a count of the first few', 'count', { take: 3 }, table],
    ['a list', 'findMany', { select: { id: true, done: true }, ...byId }, columns('id', 'done')],
    ['a list by key', 'findMany', { where: { topic: 'a' }, select: id, ...byId, take: 3 }, ofTopic('id')],
    ['distinct', 'findMany', { select: id, distinct: 'topic', ...byId }, columns('id', 'topic')],
    [
      'a column of another name',
      'findMany',
      { select: { text: true }, ...byId },
      [expect.any(String), ...columns('id').slice(1), expect.stringMatching(/^f:Note:\+[\w-]{43}$/)],
    ],
    ['a list in no order', 'findMany', { select: id }, table],
    ['a list in an order with ties', 'findMany', { select: id, orderBy: { topic: 'asc' } }, table],
    ['everything of a row', 'findMany', byId, table],
    ['a cursor', 'findMany', { select: id, ...byId, cursor: { id: 1 } }, table],
    ['omit', 'findMany', { omit: { text: true }, ...byId }, table],
    ['many', 'findMany', { select: { id: true, owner: true, topic: true, text: true, done: true }, ...byId }, table],
    ['relevance', 'findMany', { select: id, orderBy: [{ id: 'asc' }, { _relevance: { fields: ['text'] } }] }, table],
    ['an aggregate', 'aggregate', { _max: { owner: true }, _count: { _all: true } }, columns('owner')],
    ['a sum of floats', 'aggregate', { _sum: { weight: true } }, table],
    ['the greatest float', 'aggregate', { _max: { weight: true } }, columns('weight')],
    [
      'groupBy',
      'groupBy',
      {
        by: ['topic'],
        having: { owner: { _avg: { gt: 1 } } },
        _count: true,
        orderBy: [{ _count: { done: 'asc' } }, { topic: 'asc' }],
      },
      columns('owner', 'topic', 'done'),
    ],
    ['groups in no order', 'groupBy', { by: ['topic'], _count: true }, table],
    ['an argument of a later Prisma', 'count', { where: {}, later: true }, table],
  ])('%s', (_, operation, args, tags) => {
    const found = read(operation, args)
    expect([...found].sort()).toEqual([...tags].sort())
  })

  test('a relation in the filter: both tables', () => {
    expect(read('count', { where: { user: { id: 1 } } })).toEqual(['t:Note', 't:User'])
  })

  test('a reference to another column is not taken for a value', () => {
    class FieldRef {
      readonly name = 'text'
    }
    expect(() => read('count', { where: { topic: { equals: new FieldRef() } } })).toThrow('uncacheable-arguments')
  })

  test.each<[string, ModelEntry]>([
    ['does not ask for it', note(by('all'))],
    ['is strong', note(by('read', { consistency: 'strong' }))],
    ['depends on another', note(by('read', { dependsOn: ['User'] }))],
    ['is a view', note(by('read', { dependsOn: ['User'] }), { isView: true })],
    ['is written behind', note(resolvePolicy('writeBehind', { ttl: 1000, columns: 'read' }))],
    ['has a scope', { ...note(by('read')), fieldPolicies: { omit: [], scope: ['owner'] } }],
  ])('of a model that %s', (_, entry) => {
    expect(read('count', { where: { owner: 1, done: true } }, indexOf(entry)).join()).not.toContain('+')
  })
})

function written(operation: string, args: object, result: unknown, of = index) {
  const plan = planWrite(of, of.get('Note')!, operation, args)
  const all = (tags: readonly Tag[]) => {
    const united = uniteTags(tags)
    const one = united.find((tag) => tag.kind === 'table')
    return {
      table: one?.kind === 'table' ? (one.columns ?? 'any') : 'none',
      topic: short(united).flatMap((name) => (name.startsWith('k:Note:topic==a#') ? [name.slice(16)] : [])),
    }
  }
  // What is sent beside the statement must not say less.
  expect(all(plan.before).table).toEqual(all(plan.after(result)).table)
  return all(plan.after(result))
}

describe('what a write sets', () => {
  const row = { id: 1, owner: 7, topic: 'a', text: 't', done: false, weight: 1, at: new Date(0), seen: new Date(0) }
  const where = { id: 1 }
  const any = { table: 'any', topic: ['+'] }
  /** Set with every update: by Prisma, and perhaps by the database. */
  const always = ['+at', '+seen']
  test.each<[string, string, object, unknown, object]>([
    [
      'an update',
      'update',
      { where, data: { done: true } },
      row,
      { table: ['+done', ...always], topic: ['+done', ...always] },
    ],
    [
      'undefined',
      'update',
      { where, data: { done: true, owner: undefined } },
      row,
      { table: ['+done', ...always], topic: ['+done', ...always] },
    ],
    [
      'an update of many columns',
      'update',
      { where, data: { done: true, owner: 1, weight: 2 } },
      row,
      { table: ['+done', '+owner', '+weight', ...always], topic: ['+'] },
    ],
    [
      'of the key',
      'update',
      { where: { id: 1, topic: 'b' }, data: { topic: 'a' } },
      row,
      { table: ['+topic', ...always], topic: ['+'] },
    ],
    [
      'a connect',
      'update',
      { where, data: { user: { connect: { id: 1 } } } },
      row,
      { table: ['+owner', ...always], topic: ['+owner', ...always] },
    ],
    ['of the primary key', 'update', { where, data: { id: 2 } }, row, any],
    ['of what is not known', 'update', { where, data: { later: 1 } }, row, any],
    [
      'updateMany',
      'updateMany',
      { where: { topic: 'a' }, data: { done: true } },
      { count: 1 },
      { table: ['+done', ...always], topic: ['+done', ...always] },
    ],
    [
      'updateMany, of whom nothing is known',
      'updateMany',
      { data: { done: true } },
      { count: 1 },
      { table: ['+done', ...always], topic: [] },
    ],
    ['a create', 'create', { data: row }, row, any],
    ['createMany', 'createMany', { data: [row] }, { count: 1 }, any],
    ['a delete', 'delete', { where }, row, any],
    ['deleteMany', 'deleteMany', { where: { topic: 'a' } }, { count: 1 }, any],
    ['an upsert', 'upsert', { where, create: row, update: { done: true } }, row, any],
    ['a nested write', 'update', { where, data: { user: { create: { id: 1 } } } }, row, { table: 'any', topic: [] }],
  ])('%s', (_, operation, args, result, expected) => {
    expect(written(operation, args, result)).toEqual(expected)
  })

  test('H29: a process that does not ask by columns says what it sets all the same', () => {
    const of = indexOf(note(by('all')))
    const expected = { table: ['+done', ...always], topic: ['+done', ...always] }
    expect(written('update', { where, data: { done: true } }, row, of)).toEqual(expected)
  })

  test('of two writes of one table that both are said, what either sets', () => {
    const one = { kind: 'table', model: 'Note', named: [], columns: ['+a'] } as const
    expect(uniteTags([one, { ...one, columns: ['+b', '+a'] }])).toEqual([{ ...one, columns: ['+a', '+b'] }])
    expect(uniteTags([one, { kind: 'table', model: 'Note', named: [] }])).toEqual([
      { kind: 'table', model: 'Note', named: [] },
    ])
  })
})
