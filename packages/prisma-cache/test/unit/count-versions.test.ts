import { countVersions } from '../../src/planner/count-versions.js'
import { createModelIndex } from '../../src/planner/model-index.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const fieldPolicies = { version: 'v', omit: [], scope: [] }
const stamped = modelEntry('Stamped', { id: 'Int', v: 'Int', at: 'DateTime' })
const index = createModelIndex(
  policySet(
    {
      ...modelEntry('Doc', { id: 'Int', title: 'String', v: 'Int', extra: 'Json' }, [
        { name: 'owner', model: 'Owner', list: false },
        { name: 'parts', model: 'Doc', list: true },
        { name: 'box', model: 'Box', list: false },
      ]),
      fieldPolicies,
    },
    modelEntry('Owner', { id: 'Int', name: 'String' }, [{ name: 'docs', model: 'Doc', list: true }]),
    { ...modelEntry('Box', { id: 'Int', data: 'Json', v: 'Int' }), fieldPolicies },
    {
      ...stamped,
      facts: {
        ...stamped.facts,
        fields: stamped.facts.fields.map((f) => (f.name === 'at' ? { ...f, updatedAt: true } : f)),
      },
      fieldPolicies,
    },
  ),
)
const count = (model: string, operation: string, args: unknown) =>
  countVersions(index, index.get(model)!, operation, args)
const v = { increment: 1 }
const where = { id: 1 }

test.each<[string, string, unknown, unknown]>([
  ['Doc', 'update', { where, data: { title: 'x' } }, { where, data: { title: 'x', v } }],
  ['Doc', 'updateMany', { data: { title: 'x' } }, { data: { title: 'x', v } }],
  ['Doc', 'updateManyAndReturn', { data: { title: 'x' } }, { data: { title: 'x', v } }],
  [
    'Doc',
    'upsert',
    { where, create: { title: 'x' }, update: { title: 'x' } },
    { where, create: { title: 'x' }, update: { title: 'x', v } },
  ],
  ['Doc', 'update', { where, data: { title: 'x', v: undefined } }, { where, data: { title: 'x', v } }],
  ['Stamped', 'update', { where, data: {} }, { where, data: { v } }],
  // Nested, at any depth, where the model has one.
  [
    'Owner',
    'update',
    { where, data: { docs: { update: { where, data: { title: 'x' } } } } },
    { where, data: { docs: { update: { where, data: { title: 'x', v } } } } },
  ],
  [
    'Owner',
    'update',
    {
      where,
      data: { docs: { update: [{ where, data: { title: 'x' } }], updateMany: { where, data: { title: 'y' } } } },
    },
    {
      where,
      data: { docs: { update: [{ where, data: { title: 'x', v } }], updateMany: { where, data: { title: 'y', v } } } },
    },
  ],
  [
    'Owner',
    'upsert',
    { where, create: {}, update: { docs: { upsert: { where, create: { title: 'c' }, update: { title: 'u' } } } } },
    { where, create: {}, update: { docs: { upsert: { where, create: { title: 'c' }, update: { title: 'u', v } } } } },
  ],
  [
    'Doc',
    'update',
    { where, data: { owner: { update: { docs: { update: { where, data: { title: 'x' } } } } } } },
    { where, data: { owner: { update: { docs: { update: { where, data: { title: 'x', v } } } } }, v } },
  ],
  [
    'Doc',
    'update',
    {
      where,
      data: {
        owner: { update: { where: { name: 'x' }, data: { docs: { updateMany: [{ where, data: { title: 'x' } }] } } } },
      },
    },
    {
      where,
      data: {
        owner: {
          update: { where: { name: 'x' }, data: { docs: { updateMany: [{ where, data: { title: 'x', v } }] } } },
        },
        v,
      },
    },
  ],
  // A field named `data`: what stands there is a value, not another row's data.
  [
    'Doc',
    'update',
    { where, data: { box: { update: { data: { a: 1 } } } } },
    { where, data: { box: { update: { data: { a: 1 }, v } }, v } },
  ],
])('%s.%s %j becomes %j', (model, operation, args, expected) => {
  const before = structuredClone(args)
  expect(count(model, operation, args)).toEqual(expected)
  expect(args).toEqual(before)
})

test.each<[string, string, unknown]>([
  ['Doc', 'create', { data: { title: 'x' } }],
  ['Doc', 'createMany', { data: [{ title: 'x' }] }],
  ['Doc', 'delete', { where }],
  ['Doc', 'update', { where, data: {} }],
  ['Doc', 'update', { where, data: { title: undefined } }],
  ['Doc', 'update', { where, data: { title: 'x', v: 7 } }],
  ['Doc', 'update', { where, data: { title: 'x', v: { increment: 5 } } }],
  ['Doc', 'upsert', { where, create: { title: 'x' }, update: {} }],
  ['Owner', 'update', { where, data: { name: 'x', docs: { create: { title: 'x' }, connect: { id: 1 } } } }],
  ['Owner', 'update', { where, data: null }],
  ['Owner', 'update', undefined],
])('%s.%s %j stays the same object', (model, operation, args) => {
  expect(count(model, operation, args)).toBe(args)
})
