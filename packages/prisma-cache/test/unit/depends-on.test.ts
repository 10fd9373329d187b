import { type ModelEntry, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { planAccept } from '../../src/planner/plan-accept.js'
import { planRead } from '../../src/planner/plan-read.js'
import { planWrite } from '../../src/planner/plan-write.js'
import { createKeys } from '../../src/protocol/keys.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const dependingOn = (...models: string[]) => resolvePolicy('writeThrough', { dependsOn: models })
const view = (entry: ModelEntry): ModelEntry => {
  const { primaryKey: _, ...facts } = entry.facts
  return { ...entry, facts: { ...facts, isView: true, uniques: [{ name: 'id', fields: ['id'] }] } }
}
const none = resolvePolicy('none', {})
const index = createModelIndex(
  policySet(
    modelEntry('Base', { id: 'Int' }, [{ name: 'totals', model: 'Totals', list: true }]),
    modelEntry('Uncached', { id: 'Int' }, [], none),
    view(modelEntry('Totals', { id: 'Int' }, [], dependingOn('Base', 'Uncached'))),
    view(modelEntry('OverTotals', { id: 'Int' }, [], dependingOn('Totals'))),
    view(modelEntry('Blind', { id: 'Int' }, [], none)),
    view(modelEntry('OverBlind', { id: 'Int' }, [], dependingOn('Blind'))),
    modelEntry('Parent', { id: 'Int' }, [
      { name: 'children', model: 'Child', list: true, relationName: 'children' },
      { name: 'sums', model: 'Sums', list: true, relationName: 'sums' },
    ]),
    modelEntry('Child', { id: 'Int', parentId: 'Int' }, [
      { name: 'parent', model: 'Parent', relationName: 'children', from: ['parentId'], to: ['id'] },
    ]),
    view(modelEntry('Sums', { id: 'Int', parentId: 'Int' }, [], dependingOn('Child'))),
    modelEntry('Triggered', { id: 'Int', n: 'Int' }, [], dependingOn('Base')),
    modelEntry('Loop', { id: 'Int' }, [], dependingOn('Loop')),
    modelEntry('Lost', { id: 'Int' }, [], dependingOn('Nowhere')),
    modelEntry('Queue', { id: 'String' }, [], resolvePolicy('writeBehind', { dependsOn: ['Base'] })),
  ),
)
const plan = (model: string, operation: string, args: unknown) =>
  planRead(index, createKeys('t'), index.get(model)!, operation, args)

test.each<[string, string, unknown, string[]]>([
  ['Totals', 'findMany', {}, ['table Totals', 'table Base', 'table Uncached']],
  ['Totals', 'findUnique', { where: { id: 1 } }, ['table Totals', 'table Base', 'table Uncached']],
  ['OverTotals', 'count', {}, ['table OverTotals', 'table Totals', 'table Base', 'table Uncached']],
  ['Base', 'findMany', { include: { totals: true } }, ['table Base', 'table Totals', 'table Uncached']],
  ['Base', 'findMany', { where: { totals: { none: {} } } }, ['table Base', 'table Totals', 'table Uncached']],
  ['Base', 'findMany', {}, ['table Base']],
  // Its own key would narrow the lists that hang on the row; what the view reads of them is not known.
  [
    'Parent',
    'findUnique',
    { where: { id: 1 }, include: { children: true, sums: true } },
    ['row Parent', 'wide Parent', 'table Child', 'table Sums'],
  ],
  [
    'Parent',
    'findUnique',
    { where: { id: 1 }, include: { children: true } },
    ['row Parent', 'wide Parent', 'key Child', 'field Child'],
  ],
  ['Triggered', 'findUnique', { where: { id: 1 } }, ['row Triggered', 'wide Triggered', 'table Base']],
  ['Loop', 'findUnique', { where: { id: 1 } }, ['table Loop']],
])('%s.%s %j depends on %j', (model, operation, args, expected) => {
  const planned = plan(model, operation, args)
  expect(planned.kind).toBe('answer')
  if (planned.kind === 'bypass') return
  expect(planned.tags.map((tag) => `${tag.kind} ${tag.model}`).sort()).toEqual(expected.sort())
})

test.each<[string, unknown, string]>([
  ['OverBlind', {}, 'view'],
  ['Blind', {}, 'policy-none'],
  ['Lost', {}, 'uncacheable-arguments'],
])('%s is not cached (%j, %s)', (model, args, reason) => {
  expect(plan(model, 'findMany', args)).toEqual({ kind: 'bypass', reason })
})

test('a row that other writes change is neither put nor accepted', () => {
  const row = { id: 1, n: 2 }
  const write = planWrite(index, index.get('Triggered')!, 'update', { where: { id: 1 }, data: { n: 2 } })
  expect(write.put(row)).toBeUndefined()
  expect(planAccept(index.get('Queue')!.entry, 'create', { data: { id: 'a' } }, { enums: {} })).toEqual({
    kind: 'direct',
    reason: 'writes of other models change its rows',
  })
})
