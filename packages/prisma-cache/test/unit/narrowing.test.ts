import { type ModelEntry, type ModelFacts, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planRead } from '../../src/planner/plan-read.js'
import { planWrite } from '../../src/planner/plan-write.js'
import { createKeys } from '../../src/protocol/keys.js'
import { type Tag, tagName, uniteTags } from '../../src/protocol/tag.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const facts = (entry: ModelEntry, more: Partial<ModelFacts>): ModelEntry => ({
  ...entry,
  facts: { ...entry.facts, ...more },
})

const Post = facts(
  modelEntry(
    'Post',
    { id: 'Int', title: 'String', authorId: 'String', state: 'String', slug: 'String', score: 'Float' },
    [
      { name: 'author', model: 'User', relationName: 'PostToUser', from: ['authorId'], to: ['id'] },
      { name: 'tags', model: 'Tag', relationName: 'PostToTag', list: true },
    ],
  ),
  { uniques: [{ name: 'slug', fields: ['slug'] }], indexes: [['state', 'title']] },
)
const User = modelEntry('User', { id: 'String', name: 'String', bossId: 'String' }, [
  { name: 'posts', model: 'Post', relationName: 'PostToUser', list: true },
  { name: 'card', model: 'Card', relationName: 'CardToUser' },
  { name: 'boss', model: 'User', relationName: 'Boss', from: ['bossId'], to: ['id'] },
  { name: 'team', model: 'User', relationName: 'Boss', list: true },
])
const Card = modelEntry('Card', { id: 'Int', userId: 'String' }, [
  { name: 'user', model: 'User', relationName: 'CardToUser', from: ['userId'], to: ['id'] },
])
const Label = modelEntry('Tag', { id: 'Int' }, [
  { name: 'posts', model: 'Post', relationName: 'PostToTag', list: true },
])
const index = createModelIndex(policySet(Post, User, Card, Label))
const keys = createKeys('t')

/** Without the hash that tells spellings of a field apart. */
const short = (tags: readonly Tag[]) => tags.map((tag) => tagName(tag).replace(/\.[0-9a-f]{6}/, ''))

function read(model: string, operation: string, args: unknown, of = index) {
  const plan = planRead(of, keys, of.get(model)!, operation, args)
  if (plan.kind === 'bypass') throw new Error(plan.reason)
  return short(plan.tags)
}

describe('what a read depends on', () => {
  const byAuthor = (value: string) => [`k:Post:authorId==${value}`, 'f:Post:authorId']
  const table = ['t:Post']
  test.each<[string, unknown, string[]]>([
    ['an equality', { where: { authorId: 'u1' } }, byAuthor('u1')],
    ['equals', { where: { authorId: { equals: 'u1' } } }, byAuthor('u1')],
    ['null', { where: { authorId: null } }, ['k:Post:authorId=~', 'f:Post:authorId']],
    [
      'in',
      { where: { authorId: { in: ['u1', 'u2', 'u1'] } } },
      ['k:Post:authorId==u1', 'k:Post:authorId==u2', 'f:Post:authorId'],
    ],
    [
      'the narrower of two',
      { where: { authorId: { in: ['a', 'b'] }, state: 'open' } },
      ['k:Post:state==open', 'f:Post:state'],
    ],
    ['AND', { where: { AND: [{ title: 'x' }, { authorId: 'u1' }] } }, byAuthor('u1')],
    ['AND of one', { where: { AND: { authorId: 'u1' } } }, byAuthor('u1')],
    [
      'OR of one field',
      { where: { OR: [{ authorId: 'a' }, { authorId: 'b', title: 'x' }] } },
      ['k:Post:authorId==a', 'k:Post:authorId==b', 'f:Post:authorId'],
    ],
    [
      'OR of two fields',
      { where: { OR: [{ authorId: 'a' }, { slug: 's' }] } },
      ['k:Post:authorId==a', 'k:Post:slug==s', 'f:Post:authorId', 'f:Post:slug'],
    ],
    ['an arm that pins nothing', { where: { OR: [{ authorId: 'a' }, { title: 'x' }] } }, table],
    ['an arm that pins nothing, first', { where: { OR: [{ title: 'x' }, { authorId: 'a' }] } }, table],
    ['an empty arm', { where: { OR: [{ authorId: 'a' }, {}] } }, table],
    ['no arm', { where: { OR: [] } }, table],
    ['NOT', { where: { NOT: { authorId: 'a' } } }, table],
    ['not', { where: { authorId: { not: 'a' } } }, table],
    ['another mode', { where: { authorId: { equals: 'A', mode: 'insensitive' } } }, table],
    ['an order', { where: { authorId: { gt: 'a' } } }, table],
    ['undefined', { where: { authorId: undefined } }, table],
    ['equals undefined', { where: { authorId: { equals: undefined } } }, table],
    ['in of nothing', { where: { authorId: { in: [] } } }, table],
    ['in of too many', { where: { authorId: { in: Array.from({ length: 17 }, (_, i) => `u${i}`) } } }, table],
    ['a field that does not narrow', { where: { title: 'x' } }, table],
    ['a cursor, whose row need not match', { where: { authorId: 'a' }, cursor: { id: 1 } }, table],
    ['no where', {}, table],
    ['the row', { where: { id: 1, title: 'x' } }, ['r:Post:1', 'w:Post']],
    [
      'a filter over a relation beside it',
      { where: { authorId: 'a', author: { name: 'x' } } },
      [...byAuthor('a'), 't:User'],
    ],
    [
      'the parent, which no value names',
      { where: { authorId: 'a' }, include: { author: true } },
      [...byAuthor('a'), 't:User'],
    ],
  ])('%s', (_, args, tags) => {
    expect(read('Post', 'findMany', args)).toEqual(tags)
  })

  const ada = ['r:User:ada', 'w:User']
  test.each<[string, unknown, string[]]>([
    ['a list', { include: { posts: true } }, [...ada, 'k:Post:authorId==ada', 'f:Post:authorId']],
    [
      'of a selection',
      { select: { posts: { where: { title: 'x' }, take: 1 } } },
      [...ada, 'k:Post:authorId==ada', 'f:Post:authorId'],
    ],
    [
      'a count',
      { include: { _count: { select: { posts: true } } } },
      [...ada, 'k:Post:authorId==ada', 'f:Post:authorId'],
    ],
    ['one to one', { include: { card: true } }, [...ada, 'k:Card:userId==ada', 'f:Card:userId']],
    ['of the model itself', { include: { team: true } }, [...ada, 'k:User:bossId==ada', 'f:User:bossId']],
    ['the parent', { include: { boss: true } }, ['t:User']],
    ['every count', { include: { _count: true } }, ['t:User', 't:Post']],
    ['a list with a cursor', { include: { posts: { cursor: { id: 1 } } } }, [...ada, 't:Post']],
    [
      'what hangs on the list',
      { include: { posts: { include: { tags: true } } } },
      [...ada, 'k:Post:authorId==ada', 'f:Post:authorId', 't:Tag'],
    ],
    [
      'a list that leads back',
      { include: { posts: { include: { author: true } } } },
      ['t:User', 'k:Post:authorId==ada', 'f:Post:authorId'],
    ],
    [
      'two ways to one model',
      { include: { posts: true, card: { include: { user: { include: { posts: true } } } } } },
      ['t:User', 't:Post', 'k:Card:userId==ada', 'f:Card:userId'],
    ],
  ])('what hangs on a row: %s', (_, args, tags) => {
    expect(read('User', 'findUnique', { where: { id: 'ada' }, ...(args as object) }).sort()).toEqual(
      tags.slice().sort(),
    )
  })

  test('of many to many no key stands in a table of ours', () => {
    expect(read('Tag', 'findUnique', { where: { id: 1 }, include: { posts: true } })).toEqual([
      'r:Tag:1',
      'w:Tag',
      't:Post',
    ])
  })

  test.each([
    ['strong', resolvePolicy('writeThrough', { consistency: 'strong' })],
    ['write-behind', resolvePolicy('writeBehind', {})],
    ['a list of no fields', resolvePolicy('invalidate', { narrowBy: [] })],
  ])('%s is not narrowed', (_, policy) => {
    const other = createModelIndex(policySet({ ...Post, policy }, User, Card, Label))
    expect(read('Post', 'findMany', { where: { authorId: 'u1' } }, other)).toEqual(['t:Post'])
  })

  test('narrowBy names other fields than the likely ones', () => {
    const policy = resolvePolicy('invalidate', { narrowBy: ['title', 'score', 'gone'] })
    const other = createModelIndex(policySet({ ...Post, policy }, User, Card, Label))
    expect(read('Post', 'findMany', { where: { title: 'x', authorId: 'u1' } }, other)).toEqual([
      'k:Post:title==x',
      'f:Post:title',
    ])
    expect(read('Post', 'findMany', { where: { score: 1 } }, other)).toEqual(['t:Post'])
  })

  test('texts that a collation may take for one share a tag', () => {
    const [tag] = read('Post', 'findMany', { where: { slug: 'Straße-É' } })
    expect(read('Post', 'findMany', { where: { slug: 'STRASSE é' } })).toContain(tag)
    expect(read('Post', 'findMany', { where: { slug: 'strassf' } })).not.toContain(tag)
  })

  test('a long value is named by its hash', () => {
    const [tag] = read('Post', 'findMany', { where: { slug: 'x'.repeat(500) } })
    expect(tag!.length).toBeLessThan(80)
  })
})

/** What a write touches after it: its row and wide tags, its keys, and the fields whose values it did not name. */
function written(operation: string, args: object, result: unknown = row) {
  const model = index.get('Post')!
  const tags = uniteTags(planWrite(index, model, operation, args).after(result))
  const table = tags.find((tag) => tag.kind === 'table' && tag.model === 'Post')
  const named = table?.kind === 'table' ? (table.named ?? []) : []
  const unnamed = model.narrow.filter((field) => !named.includes(field.token)).map((field) => `${field.name}!`)
  // What columns of them are is the matter of columns.test.ts.
  const others = short(tags).filter((name) => !name.startsWith('t:Post') && !name.includes('#'))
  return [...others, ...unnamed].sort()
}

const row = { id: 1, title: 't', authorId: 'u1', state: 'open', slug: 's', score: 1 }
const ofRow = ['k:Post:authorId==u1', 'k:Post:slug==s', 'k:Post:state==open', 'r:Post:1']

describe('what a write names', () => {
  test.each<[string, string, object, unknown, string[]]>([
    ['a create', 'create', { data: row }, row, ofRow],
    ['a delete', 'delete', { where: { id: 1 } }, row, ofRow],
    ['an update of other fields', 'update', { where: { id: 1 }, data: { title: 't' } }, row, ofRow],
    [
      'a field that is set: its old value is not known',
      'update',
      { where: { id: 1 }, data: { state: 'open' } },
      row,
      [...ofRow.filter((t) => !t.includes('state')), 'state!'],
    ],
    [
      'a field that is set and pinned',
      'update',
      { where: { id: 1, state: 'new' }, data: { state: 'open' } },
      row,
      [...ofRow, 'k:Post:state==new'],
    ],
    [
      'a field that is not returned',
      'update',
      { where: { id: 1 }, data: { title: 't' } },
      { id: 1, authorId: 'u1', slug: 's' },
      [...ofRow.filter((t) => !t.includes('state')), 'state!'],
    ],
    [
      'nothing is returned',
      'update',
      { where: { id: 1 }, data: { title: 't' } },
      null,
      ['authorId!', 'r:Post:1', 'slug!', 'state!'],
    ],
    [
      'a key that is set moves references',
      'update',
      { where: { id: 1 }, data: { slug: 's' } },
      row,
      [...ofRow.filter((t) => !t.includes('slug')), 'slug!'],
    ],
    ['a connect to one', 'create', { data: { title: 't', author: { connect: { id: 'u1' } } } }, row, ofRow],
    [
      'a connect to one of an update',
      'update',
      { where: { id: 1 }, data: { author: { connect: { id: 'u1' } } } },
      row,
      [...ofRow.filter((t) => !t.includes('author')), 'authorId!'],
    ],
    [
      'a disconnect, before which Prisma reads the row',
      'update',
      { where: { id: 1, authorId: 'u0' }, data: { author: { disconnect: true } } },
      { ...row, authorId: null },
      [...ofRow.filter((t) => !t.includes('author')), 'authorId!'],
    ],
    ['an upsert', 'upsert', { where: { id: 1 }, create: row, update: { title: 't' } }, row, ofRow],
    [
      'an upsert that sets',
      'upsert',
      { where: { id: 1 }, create: row, update: { state: 'open' } },
      row,
      [...ofRow.filter((t) => !t.includes('state')), 'state!'],
    ],
    [
      'createMany',
      'createMany',
      { data: [row, { ...row, id: 2, slug: 'z' }] },
      { count: 2 },
      [...ofRow, 'k:Post:slug==z', 'r:Post:2'],
    ],
    [
      'createMany that leaves a field out',
      'createMany',
      { data: [{ id: 1, slug: 's', state: 'open' }] },
      { count: 1 },
      [...ofRow.filter((t) => !t.includes('author')), 'authorId!'],
    ],
    [
      'createMany without ids',
      'createMany',
      { data: { ...row, id: undefined } },
      { count: 1 },
      [...ofRow.filter((t) => !t.startsWith('r:')), 'w:Post'],
    ],
    ['createManyAndReturn', 'createManyAndReturn', { data: [{ title: 't' }] }, [row], ofRow],
    [
      'updateMany by key',
      'updateMany',
      { where: { authorId: 'u1' }, data: { title: 't' } },
      { count: 1 },
      ['k:Post:authorId==u1', 'slug!', 'state!', 'w:Post'],
    ],
    [
      'updateMany from one value to another',
      'updateMany',
      { where: { state: 'new' }, data: { state: { set: 'open' } } },
      { count: 1 },
      ['authorId!', 'k:Post:state==new', 'k:Post:state==open', 'slug!', 'w:Post'],
    ],
    [
      'updateMany that sets only',
      'updateMany',
      { where: { title: 't' }, data: { state: 'open' } },
      { count: 1 },
      ['authorId!', 'slug!', 'state!', 'w:Post'],
    ],
    [
      'deleteMany by key',
      'deleteMany',
      { where: { OR: [{ state: 'a' }, { state: 'b' }] } },
      { count: 1 },
      ['authorId!', 'k:Post:state==a', 'k:Post:state==b', 'slug!', 'w:Post'],
    ],
    [
      'nested writes',
      'update',
      { where: { id: 1 }, data: { tags: { connect: { id: 1 } } } },
      row,
      ['authorId!', 'slug!', 'state!', 't:Tag', 'w:Post', 'w:Tag'],
    ],
    [
      'connectOrCreate',
      'create',
      { data: { author: { connectOrCreate: { where: { id: 'u1' }, create: {} } } } },
      row,
      ['authorId!', 'slug!', 'state!', 't:User', 'w:Post', 'w:User'],
    ],
  ])('%s', (_, operation, args, result, tags) => {
    expect(written(operation, args, result)).toEqual([...tags].sort())
  })

  test('a connect of one to one, where Prisma lets go of the other, is a write of both', () => {
    const plan = planWrite(index, index.get('Card')!, 'create', { data: { user: { connect: { id: 'u1' } } } })
    expect(plan.wide).toEqual(new Set(['Card', 'User']))
  })

  test('an unknown outcome names nothing', () => {
    for (const [operation, args] of [
      ['update', { where: { id: 1 }, data: { title: 't' } }],
      ['createMany', { data: [row] }],
      ['updateMany', { where: { authorId: 'a' }, data: {} }],
    ] as const) {
      const { worst } = planWrite(index, index.get('Post')!, operation, args)
      expect(uniteTags(worst)).toContainEqual({ kind: 'table', model: 'Post' })
    }
  })

  test('what names keys is asked for beside the caller’s selection, and not given to him', () => {
    const plan = planWrite(index, index.get('Post')!, 'update', { where: { id: 1 }, data: {}, select: { title: true } })
    expect(plan.args).toMatchObject({ select: { title: true, authorId: true, slug: true, state: true } })
    expect(plan.answer({ title: 't', authorId: 'u1', slug: 's', state: 'open' })).toEqual({ title: 't' })
    expect(plan.original).toMatchObject({ select: { title: true } })
  })
})

test('of two writes of a table only what both have named is named', () => {
  const [tag] = uniteTags([
    { kind: 'table', model: 'A', named: ['x', 'y'] },
    { kind: 'table', model: 'A', named: ['y', 'z'] },
  ])
  expect(tag).toEqual({ kind: 'table', model: 'A', named: ['y'] })
  expect(uniteTags([tag!, { kind: 'table', model: 'A' }])).toEqual([{ kind: 'table', model: 'A', named: [] }])
})
