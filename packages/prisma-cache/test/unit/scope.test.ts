import { type ModelEntry, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planAccept } from '../../src/planner/plan-accept.js'
import { planRead } from '../../src/planner/plan-read.js'
import { createKeys } from '../../src/protocol/keys.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const scoped = (entry: ModelEntry, ...scope: string[]): ModelEntry => ({ ...entry, fieldPolicies: { omit: [], scope } })
const doc = modelEntry('Doc', { id: 'Int', tenant: 'String', title: 'String', n: 'BigInt', extra: 'Json' }, [
  { name: 'owner', model: 'Owner' },
])
const view = modelEntry('View', { id: 'Int' }, [], resolvePolicy('invalidate', { dependsOn: ['Doc'] }))
const pair = modelEntry('Pair', { tenant: 'String', id: 'Int', region: 'Int' })
const set = policySet(
  scoped(doc, 'tenant'),
  modelEntry('Owner', { id: 'Int', flag: 'Boolean' }, [{ name: 'docs', model: 'Doc', list: true }]),
  scoped(
    { ...pair, facts: { ...pair.facts, primaryKey: { name: 'tenant_id', fields: ['tenant', 'id'] } } },
    'tenant',
    'region',
  ),
  scoped(modelEntry('Odd', { id: 'Int', tenant: 'String', where: 'Json' }), 'tenant'),
  view,
  scoped(modelEntry('ScopedView', { id: 'Int', tenant: 'String' }, [], view.policy), 'tenant'),
  scoped(modelEntry('Queue', { id: 'String', tenant: 'String' }, [], resolvePolicy('writeBehind', {})), 'tenant'),
)
const index = createModelIndex(set)
const keys = createKeys('t')
const planOf = (model: string, operation: string, args: unknown, of = index) =>
  planRead(of, keys, of.get(model)!, operation, args)

test.each<[string, string, unknown]>([
  ['Doc', 'findMany', undefined],
  ['Doc', 'findUnique', { where: { id: 1 } }],
  ['Doc', 'count', { where: { title: 'x' } }],
  ['Doc', 'aggregate', { _max: { id: true } }],
  ['Doc', 'findMany', { where: { tenant: { in: ['a'] } } }],
  ['Doc', 'findMany', { where: { tenant: { not: 'a' } } }],
  ['Doc', 'findMany', { where: { tenant: { equals: 'a', mode: 'insensitive' } } }],
  ['Doc', 'findMany', { where: { tenant: null } }],
  ['Doc', 'findMany', { where: { tenant: undefined } }],
  ['Doc', 'findMany', { where: { OR: [{ tenant: 'a' }] } }],
  ['Doc', 'findMany', { where: { NOT: { tenant: 'a' } } }],
  ['Doc', 'findMany', { where: { extra: { equals: { tenant: 'a' } } } }],
  ['Pair', 'findUnique', { where: { tenant_id: { tenant: 'a', id: 1 } } }],
  ['Odd', 'findMany', { where: { tenant: 'a' } }],
  // Reached from another model.
  ['Owner', 'findMany', { include: { docs: true } }],
  ['Owner', 'findMany', { select: { docs: { where: { title: 'x' } } } }],
  ['Owner', 'findMany', { where: { docs: { some: { tenant: 'a' } } } }],
  ['Owner', 'findMany', { where: { docs: { every: { tenant: 'a' } } } }],
  ['Owner', 'findMany', { orderBy: { docs: { _count: 'asc' } } }],
  ['Owner', 'findMany', { include: { _count: true } }],
  ['Owner', 'findMany', { include: { _count: { select: { docs: true } } } }],
  ['Doc', 'findMany', { where: { tenant: 'a' }, include: { owner: { include: { docs: true } } } }],
  ['View', 'findMany', {}],
  ['ScopedView', 'findMany', {}],
])('%s.%s %j is not cached', (model, operation, args) => {
  expect(planOf(model, operation, args)).toEqual({ kind: 'bypass', reason: 'unscoped' })
})

test.each<[string, string, unknown, string]>([
  ['Doc', 'findUnique', { where: { id: 1, tenant: 'a' } }, 'row'],
  ['Doc', 'findUnique', { where: { id: 1, tenant: { equals: 'a' } } }, 'row'],
  ['Doc', 'findUnique', { where: { id: 1, AND: [{ tenant: 'a' }] } }, 'answer'],
  ['Doc', 'findUnique', { where: { id: 1, tenant: 'a', title: 'x' } }, 'answer'],
  ['Doc', 'findMany', { where: { AND: { AND: [{ title: 'x' }, { tenant: 'a' }] } } }, 'answer'],
  ['Doc', 'count', { where: { tenant: 'a', OR: [{ title: 'x' }] } }, 'answer'],
  ['Pair', 'findUnique', { where: { tenant_id: { tenant: 'a', id: 1 }, region: 2 } }, 'row'],
  ['Owner', 'findMany', { include: { docs: { where: { tenant: 'a' } } } }, 'answer'],
  ['Owner', 'findMany', { include: { docs: false } }, 'answer'],
  ['Owner', 'findMany', { include: { _count: { select: { docs: { where: { tenant: 'a' } } } } } }, 'answer'],
  ['Owner', 'findMany', { where: { flag: true } }, 'answer'],
  ['ScopedView', 'findMany', { where: { tenant: 'a' } }, 'answer'],
])('%s.%s %j is cached', (model, operation, args, kind) => {
  expect(planOf(model, operation, args).kind).toBe(kind)
})

test('a row has an entry for each scope, and the tags of the row alone', () => {
  const byTenant = (tenant: unknown) => planOf('Doc', 'findUnique', { where: { id: 1, tenant } })
  const [a, again, b] = [byTenant('a'), byTenant({ equals: 'a' }), byTenant('b')]
  if (a.kind !== 'row' || again.kind !== 'row' || b.kind !== 'row') throw new TypeError('all are rows')
  expect(again.entry).toBe(a.entry)
  expect(b.entry).not.toBe(a.entry)
  expect(b.tags).toEqual(a.tags)
  expect(a.args).toMatchObject({ where: { id: 1, tenant: 'a' } })
})

test('a scope whose texts are not exact shares no row', () => {
  const fields = doc.facts.fields.map((field) =>
    field.name === 'tenant' ? { ...field, nativeType: ['Citext', []] as const } : field,
  )
  const folding = createModelIndex(policySet(scoped({ ...doc, facts: { ...doc.facts, fields } }, 'tenant')))
  const plans = ['a', 'b'].map((tenant) => planOf('Doc', 'findUnique', { where: { id: 1, tenant } }, folding))
  expect(plans.map(({ kind }) => kind)).toEqual(['answer', 'answer'])
  const entries = plans.map((plan) => (plan.kind === 'bypass' ? undefined : plan.entry))
  expect(new Set(entries).size).toBe(2)
})

test('the entries of a process with another scope are others', () => {
  const other = createModelIndex(policySet(scoped(doc, 'title'), modelEntry('Owner', { id: 'Int' })))
  const args = { where: { tenant: 'a', title: 'x' } }
  const [ours, theirs] = [planOf('Doc', 'findMany', args), planOf('Doc', 'findMany', args, other)]
  if (ours.kind !== 'answer' || theirs.kind !== 'answer') throw new TypeError('both are answers')
  expect(theirs.entry).not.toBe(ours.entry)
})

test('of a queued model only creates are accepted: whose row another is shows only in the row', () => {
  const accept = (operation: string, args: unknown) => planAccept(set.models.Queue!, operation, args, { enums: {} })
  expect(accept('create', { data: { id: 'a', tenant: 'a' } }).kind).toBe('accept')
  for (const [operation, args] of [
    ['update', { where: { id: 'a' }, data: { tenant: 'b' } }],
    ['delete', { where: { id: 'a' } }],
    ['upsert', { where: { id: 'a' }, create: { id: 'a', tenant: 'a' }, update: {} }],
  ] as const) {
    expect(accept(operation, args)).toEqual({ kind: 'direct', reason: 'its rows are of a scope' })
  }
})
