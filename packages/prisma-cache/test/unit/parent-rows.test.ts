import { type ModelEntry, resolvePolicy } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../src/planner/model-index.js'
import { parentRows } from '../../src/planner/parent-rows.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const queued = resolvePolicy('writeBehind', {})
const child = modelEntry(
  'Child',
  { id: 'Int', mother: 'String', shop: 'String', number: 'Int', email: 'String', tag: 'Int' },
  [
    { name: 'a', model: 'Person', from: ['mother'], to: ['id'] },
    { name: 'b', model: 'Order', from: ['number', 'shop'], to: ['number', 'shop'] },
    { name: 'c', model: 'Person', from: ['email'], to: ['email'] },
    { name: 'd', model: 'Tag', from: ['tag'], to: ['id'] },
    { name: 'e', model: 'Person', list: true },
  ],
)
const Child: ModelEntry = {
  ...child,
  facts: {
    ...child.facts,
    fields: child.facts.fields.map((field) =>
      field.name === 'email' ? { ...field, default: { by: 'client', fn: 'value', value: 'nobody' } as never } : field,
    ),
  },
}
const Order = modelEntry('Order', { shop: 'String', number: 'Int' }, [], queued)
const index = createModelIndex(
  policySet(
    Child,
    modelEntry('Person', { id: 'String', email: 'String' }, [], queued),
    { ...Order, facts: { ...Order.facts, primaryKey: { name: 'ticket', fields: ['shop', 'number'] } } },
    modelEntry('Tag', { id: 'Int' }),
  ),
)
const person = (row?: string) => (row === undefined ? { model: 'Person' } : { model: 'Person', row })

test.each<[string, object, object[]]>([
  ['by the primary key', { data: { mother: 'p1', email: null } }, [person('p1')]],
  ['by null', { data: { mother: null, email: null } }, []],
  ['by a key of several fields', { data: { shop: 's', number: 1, email: null } }, [{ model: 'Order', row: 's,1' }]],
  ['by a key of which a part is null', { data: { shop: 's', number: null, email: null } }, []],
  ['by a part, where the rest stands', { data: { shop: 's', email: null } }, [{ model: 'Order' }]],
  ['by another unique field', { data: { email: 'e' } }, [person()]],
  ['by a field that has a default', { data: {} }, [person()]],
  ['by a field of a model that is not written behind', { data: { tag: 1, email: null } }, []],
  ['by an update with set', { data: { mother: { set: 'p1' }, email: null } }, [person('p1')]],
  [
    'by a sum, which is known to Postgres alone',
    { data: { number: { increment: 1 }, email: null } },
    [{ model: 'Order' }],
  ],
  [
    'by either half of an upsert',
    { create: { mother: 'p1', email: null }, update: { mother: 'p2', email: null } },
    [person('p1'), person('p2')],
  ],
])('rows that a write refers to: %s', (_, args, parents) => {
  expect(parentRows(index, index.get('Child')!, args)).toEqual(parents)
})
