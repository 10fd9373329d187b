import { resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { holdsOmitted } from '../../src/planner/omitted-fields.js'
import { planAccept } from '../../src/planner/plan-accept.js'
import { planRead } from '../../src/planner/plan-read.js'
import { planWrite } from '../../src/planner/plan-write.js'
import { createKeys } from '../../src/protocol/keys.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const fieldPolicies = { omit: ['hash'], scope: [] }
const writeThrough = resolvePolicy('writeThrough', {})
const user = modelEntry(
  'User',
  { id: 'Int', mail: 'String', hash: 'String' },
  [{ name: 'posts', model: 'Post', list: true }],
  writeThrough,
)
const set = policySet(
  { ...user, fieldPolicies },
  modelEntry('Post', { id: 'Int', extra: 'Json' }, [{ name: 'author', model: 'User' }]),
  { ...modelEntry('Key', { id: 'String' }), fieldPolicies: { omit: ['id'], scope: [] } },
  {
    ...modelEntry('Queue', { id: 'String', n: 'Int', hash: 'String' }, [], resolvePolicy('writeBehind', {})),
    fieldPolicies,
  },
)
const index = createModelIndex(set)
const keys = createKeys('t')
const planOf = (model: string, operation: string, args: unknown, of = index) =>
  planRead(of, keys, of.get(model)!, operation, args)

const where = { id: 1 }
test.each<[string, string, unknown]>([
  // The default selection has it.
  ['User', 'findUnique', { where }],
  ['User', 'findMany', undefined],
  ['User', 'findMany', { select: null }],
  ['User', 'findMany', { omit: { mail: true } }],
  ['User', 'findMany', { omit: { hash: false } }],
  ['User', 'findMany', { include: { posts: true } }],
  ['Post', 'findMany', { include: { author: true } }],
  ['Post', 'findMany', { select: { author: true } }],
  ['Post', 'findMany', { select: { author: { include: { posts: true } } } }],
  ['Post', 'findMany', { include: { author: { omit: { mail: true } } } }],
  // It is asked for.
  ['User', 'findUnique', { where, select: { hash: true } }],
  [
    'Post',
    'findMany',
    { select: { author: { select: { posts: { select: { author: { select: { hash: true } } } } } } } },
  ],
  ['User', 'aggregate', { _max: { hash: true } }],
  ['User', 'groupBy', { by: ['hash'], _count: true }],
  ['User', 'groupBy', { by: 'hash' }],
  ['User', 'findMany', { select: { id: true }, distinct: ['hash'] }],
  // It is asked by: a digest of the question would tell it.
  ['User', 'count', { where: { hash: 'x' } }],
  ['User', 'count', { where: { hash: { in: ['x'] } } }],
  ['User', 'count', { where: { OR: [{ NOT: { hash: { startsWith: 'x' } } }] } }],
  ['User', 'count', { where: { mail_hash: { mail: 'm', hash: 'x' } } }],
  ['User', 'count', { where: { hash: false } }],
  ['User', 'findMany', { select: { id: true }, orderBy: [{ hash: 'asc' }] }],
  ['User', 'findMany', { select: { id: true }, cursor: { hash: 'x' } }],
  ['User', 'groupBy', { by: ['mail'], having: { hash: { _max: { equals: 'x' } } } }],
  ['Post', 'count', { where: { author: { hash: 'x' } } }],
  ['Post', 'findMany', { where: { author: { is: { hash: 'x' } } } }],
  ['Post', 'findMany', { orderBy: { author: { hash: 'asc' } } }],
  ['User', 'findMany', { select: { _count: { select: { posts: { where: { author: { hash: 'x' } } } } } } }],
])('%s.%s %j is not cached', (model, operation, args) => {
  expect(planOf(model, operation, args)).toEqual({ kind: 'bypass', reason: 'omitted-field' })
})

test.each<[string, string, unknown, string]>([
  ['User', 'findUnique', { where, select: { mail: true } }, 'row'],
  ['User', 'findUnique', { where, omit: { hash: true } }, 'answer'],
  ['User', 'findMany', { select: { id: true, posts: true } }, 'answer'],
  ['User', 'findMany', { omit: { hash: true }, include: { posts: true } }, 'answer'],
  ['Post', 'findMany', { include: { author: { omit: { hash: true } } } }, 'answer'],
  ['Post', 'findMany', { include: { author: false } }, 'answer'],
  ['User', 'count', { where: { mail: 'hash' } }, 'answer'],
  ['User', 'aggregate', { _max: { id: true } }, 'answer'],
])('%s.%s %j is cached', (model, operation, args, kind) => {
  expect(planOf(model, operation, args).kind).toBe(kind)
})

test('the client’s own omit counts, and a call may undo it', () => {
  const omitting = createModelIndex(set, { user: { hash: true } })
  expect(planOf('User', 'findUnique', { where }, omitting).kind).toBe('answer')
  expect(planOf('Post', 'findMany', { include: { author: true } }, omitting).kind).toBe('answer')
  expect(planOf('User', 'findUnique', { where, omit: { hash: false } }, omitting).kind).toBe('bypass')
})

test('a row is loaded and kept without the field, under a key that no process of another set uses', () => {
  const plan = planOf('User', 'findUnique', { where, select: { mail: true } })
  const entries = [[], ['mail'], ['hash', 'mail']].map((omit) => {
    const other = createModelIndex(policySet({ ...user, fieldPolicies: { omit, scope: [] } }))
    return planOf('User', 'findUnique', { where, select: { id: true } }, other)
  })
  const [theirs] = entries
  if (plan.kind !== 'row' || theirs?.kind !== 'row') throw new TypeError('both are rows')
  expect(new Set([plan, ...entries].map((one) => one.kind === 'row' && one.entry)).size).toBe(4)
  expect(plan.args).toEqual({ where, select: { id: true, mail: true } })
  expect(plan.tags).toEqual(theirs.tags)
  const row = { id: 1, mail: 'm', hash: 'secret' }
  const put = planWrite(index, index.get('User')!, 'update', { where, data: { hash: 'secret' } }).put(row)!
  expect(put.model.codec.encode(put.values)).toBe('[1,"m"]')
})

test('no tag names a value of it, though lists would be narrowed by it', () => {
  const narrowed = resolvePolicy('invalidate', { narrowBy: ['hash', 'mail'] })
  const other = createModelIndex(policySet({ ...user, policy: narrowed, fieldPolicies }))
  const write = planWrite(other, other.get('User')!, 'create', { data: { id: 1, mail: 'm', hash: 'secret' } })
  const tags = JSON.stringify([write.before, write.after({ id: 1, mail: 'm', hash: 'secret' }), write.worst])
  expect(tags).toContain('"value":"=m"')
  expect(tags).not.toContain('secret')
})

test('a key that holds it names no row', () => {
  const tags = planWrite(index, index.get('Key')!, 'delete', { where: { id: 'k' } }).after({ id: 'k' })
  expect(tags.map(({ kind }) => kind)).toEqual(['wide', 'table'])
})

test.each<[string, unknown, string]>([
  ['create', { data: { id: 'a', n: 1, hash: 'x' }, select: { id: true } }, 'a field of it is kept nowhere'],
  ['upsert', { where: { id: 'a' }, create: {}, update: {}, select: { id: true } }, 'a field of it is kept nowhere'],
  ['update', { where: { id: 'a' }, data: { hash: 'x' }, select: { id: true } }, 'hash is not a scalar field'],
  ['update', { where: { id: 'a' }, data: { n: 1 } }, 'the answer is more than scalars of the row'],
  [
    'update',
    { where: { id: 'a' }, data: { n: 1 }, select: { hash: true } },
    'the answer is more than scalars of the row',
  ],
])('write-behind %s %j goes direct', (operation, args, reason) => {
  expect(planAccept(set.models.Queue!, operation, args, { enums: {} })).toEqual({ kind: 'direct', reason })
})

test('what an answer holds all the same is seen at any depth', () => {
  const post = index.get('Post')!
  expect(holdsOmitted(index, post, [{ id: 1, extra: { hash: 1 }, author: null }])).toBe(false)
  expect(holdsOmitted(index, post, [{ id: 1 }, { id: 2, author: { posts: [{ author: { hash: 'x' } }] } }])).toBe(true)
})
