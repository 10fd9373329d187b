import { dependencies } from '../../src/planner/dependencies.js'
import { createModelIndex } from '../../src/planner/model-index.js'
import { nestedModels } from '../../src/planner/written-models.js'
import { modelEntry, policySet } from './planner-fixtures.js'

const index = createModelIndex(
  policySet(
    modelEntry('User', { id: 'Int', name: 'String', extra: 'Json' }, [
      { name: 'posts', model: 'Post', list: true },
      { name: 'profile', model: 'Profile' },
    ]),
    modelEntry('Post', { id: 'Int', title: 'String' }, [
      { name: 'author', model: 'User' },
      { name: 'tags', model: 'Tag', list: true },
    ]),
    modelEntry('Tag', { id: 'Int' }),
    modelEntry('Profile', { id: 'Int' }),
    // Fields and relations that are named as words of Prisma's language.
    modelEntry('Odd', { id: 'Int', where: 'Json', select: 'String', data: 'Json' }, [
      { name: 'some', model: 'Tag', list: true },
      { name: 'update', model: 'Post', list: true },
      { name: 'AND', model: 'Profile' },
    ]),
  ),
)

const of = (model: string, args: unknown) =>
  dependencies(index, index.get(model)!, args)
    ?.map((m) => m.name)
    .sort()

test.each<[string, unknown, string[] | undefined]>([
  ['User', {}, ['User']],
  ['User', { where: { name: 'x', extra: { path: ['posts'], equals: { posts: 1 } } } }, ['User']],
  ['User', { where: { posts: { some: { tags: { none: {} } } } } }, ['Post', 'Tag', 'User']],
  [
    'User',
    { where: { OR: [{ NOT: { profile: { is: null } } }, { AND: { posts: { every: {} } } }] } },
    ['Post', 'Profile', 'User'],
  ],
  ['User', { where: { profile: null } }, ['Profile', 'User']],
  ['User', { orderBy: { posts: { _count: 'asc' } } }, ['Post', 'User']],
  [
    'User',
    { select: { name: true, posts: { select: { author: { include: { profile: true } } } } } },
    ['Post', 'Profile', 'User'],
  ],
  ['User', { select: { posts: false, name: true } }, ['User']],
  ['User', { include: { _count: true } }, ['Post', 'User']],
  ['User', { include: { _count: { select: { posts: { where: { tags: { some: {} } } } } } } }, ['Post', 'Tag', 'User']],
  ['User', { select: { computed: true } }, undefined],
  ['User', { include: { posts: { select: { nope: true } } } }, undefined],
  ['Odd', { where: { where: { equals: 1 } } }, ['Odd']],
  ['Odd', { where: { some: { some: { id: 1 } } } }, ['Odd', 'Tag']],
  ['Odd', { where: { AND: { update: { some: { tags: {} } } } } }, ['Odd', 'Post', 'Profile', 'Tag']],
  ['Odd', { select: { select: true, update: { select: { author: true } } } }, ['Odd', 'Post', 'User']],
])('%s %j depends on %j', (model, args, models) => {
  expect(of(model, args)).toEqual(models)
})

const written = (model: string, data: unknown) =>
  [...nestedModels(index, index.get(model)!, data)!].map((m) => m.name).sort()

test.each<[string, unknown, string[]]>([
  ['User', { name: 'x', extra: { posts: { create: {} } } }, []],
  ['User', { posts: { create: [{ tags: { connect: { id: 1 } } }] } }, ['Post', 'Tag']],
  [
    'User',
    { posts: { upsert: { where: { id: 1 }, create: {}, update: { author: { disconnect: true } } } } },
    ['Post', 'User'],
  ],
  ['User', { posts: { connectOrCreate: { where: { id: 1 }, create: { tags: { set: [] } } } } }, ['Post', 'Tag']],
  ['Odd', { data: { some: {} }, update: { update: { where: {}, data: { tags: {} } } } }, ['Post', 'Tag']],
])('nested writes of %s %j reach %j', (model, data, models) => {
  expect(written(model, data)).toEqual(expect.arrayContaining(models))
})
