import { resolvePolicy } from '@prisma-cache/policy-dsl'
import type { PolicySet } from 'prisma-cache'
import { createKeys } from '../../src/protocol/keys.js'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

type Client = ReturnType<typeof extend>

let next = 0
/** Two authors with a post each, and a client of which every question about them is in the cache. */
async function authors(client: Client = extend(bench)) {
  next++
  const { prisma, plain } = client
  const user = (name: string) =>
    plain.user.create({
      data: { email: `${name}${next}@narrow`, name, posts: { create: { title: name } } },
      include: { posts: true },
    })
  const [ada, bob] = [await user('ada'), await user('bob')]
  const listOf = (id: number) => prisma.post.findMany({ where: { authorId: id }, orderBy: { id: 'asc' } })
  const withPosts = (id: number) =>
    prisma.user.findUnique({ where: { id }, include: { posts: { orderBy: { id: 'asc' } } } })
  const ask = { listOf, withPosts }
  return { client, ada, bob, post: ada.posts[0]!, ...ask }
}

/** Asks twice: the second time it must be a hit. */
async function warm(client: Client, ask: () => PromiseLike<unknown>): Promise<void> {
  const filled = client.until('fill')
  await ask()
  await filled
  client.events()
  await ask()
  expect(client.events().every((event) => event.startsWith('hit:'))).toBe(true)
}

async function isHit(client: Client, ask: () => PromiseLike<unknown>): Promise<boolean> {
  client.events()
  await ask()
  return client.events().every((event) => event.startsWith('hit:'))
}

const titles = (posts: readonly { title: string }[]) => posts.map(({ title }) => title)

test('a write of another author’s post leaves a list alone, a write of one of its own does not', async () => {
  const { client, ada, bob, post, listOf, withPosts } = await authors()
  for (const ask of [() => listOf(ada.id), () => withPosts(ada.id)]) await warm(client, ask)
  await client.prisma.post.update({ where: { id: bob.posts[0]!.id }, data: { title: 'bob 2' } })
  await client.prisma.post.create({ data: { title: 'bob 3', author: { connect: { id: bob.id } } } })
  await client.prisma.post.createMany({ data: [{ title: 'bob 4', authorId: bob.id }] })
  await client.prisma.post.updateMany({ where: { authorId: bob.id }, data: { views: 1 } })
  await client.prisma.post.deleteMany({ where: { authorId: bob.id } })
  expect(await isHit(client, () => listOf(ada.id))).toBe(true)
  expect(await isHit(client, () => withPosts(ada.id))).toBe(true)
  await client.prisma.post.update({ where: { id: post.id }, data: { title: 'ada 2' }, select: { id: true } })
  expect(titles(await listOf(ada.id))).toEqual(['ada 2'])
  expect(titles((await withPosts(ada.id))!.posts)).toEqual(['ada 2'])
})

test.each<[string, (client: Client['prisma'], post: number, ada: number, bob: number) => PromiseLike<unknown>]>([
  ['update', (client, id, _, authorId) => client.post.update({ where: { id }, data: { authorId } })],
  [
    'update, pinned',
    (client, id, ada, authorId) => client.post.update({ where: { id, authorId: ada }, data: { authorId } }),
  ],
  [
    'connect',
    (client, id, _, bob) => client.post.update({ where: { id }, data: { author: { connect: { id: bob } } } }),
  ],
  [
    'updateMany',
    (client, _, authorId, bob) => client.post.updateMany({ where: { authorId }, data: { authorId: bob } }),
  ],
  ['updateMany by id', (client, id, _, authorId) => client.post.updateMany({ where: { id }, data: { authorId } })],
  [
    'upsert',
    (client, id, _, authorId) => client.post.upsert({ where: { id }, create: { title: 'x' }, update: { authorId } }),
  ],
  [
    'a connect from the other side',
    (client, id, _, bob) => client.user.update({ where: { id: bob }, data: { posts: { connect: { id } } } }),
  ],
  ['raw SQL', (client, id, _, bob) => client.$executeRaw`update "Post" set "authorId" = ${bob} where id = ${id}`],
  [
    'an array',
    (client, id, _, authorId) =>
      client.$transaction([client.post.update({ where: { id }, data: { authorId }, select: { title: true } })]),
  ],
  [
    'a transaction',
    (client, id, _, authorId) => client.$transaction((tx) => tx.post.update({ where: { id }, data: { authorId } })),
  ],
])('a post that changes hands by %s is in the list of both', async (_, move) => {
  const { client, ada, bob, post, listOf } = await authors()
  for (const id of [ada.id, bob.id]) await warm(client, () => listOf(id))
  await move(client.prisma, post.id, ada.id, bob.id)
  expect(titles(await listOf(ada.id))).toEqual([])
  expect(titles(await listOf(bob.id)).sort()).toEqual(['ada', 'bob'])
})

test('H9: what the database sets to null leaves the list', async () => {
  const { client, ada, listOf } = await authors()
  await warm(client, () => listOf(ada.id))
  const nobody = () => client.prisma.post.count({ where: { authorId: null, title: 'ada' } })
  await warm(client, nobody)
  const before = await nobody()
  await client.prisma.user.delete({ where: { id: ada.id } })
  expect(await listOf(ada.id)).toEqual([])
  expect(await nobody()).toBe(before + 1)
})

test('H1: a list that was loaded before a write that names its key is dead on arrival', async () => {
  const gate = createGates()
  const { client: held, ada, listOf } = await authors(extend(bench, { gates: gate }))
  const load = gate.hold('Post.findMany', 'after')
  const filled = held.until('fill')
  const reading = start(listOf(ada.id))
  await load.arrived
  await extend(bench).prisma.post.create({ data: { title: 'new', authorId: ada.id } })
  load.open()
  expect(titles(await reading)).toEqual(['ada'])
  await filled
  expect(titles(await listOf(ada.id))).toEqual(['ada', 'new'])
})

test('what is rolled back leaves the list alone; what a failed statement may have written does not', async () => {
  const { client, ada, post, listOf } = await authors()
  await warm(client, () => listOf(ada.id))
  const failed = client.prisma.$transaction(async (tx) => {
    await tx.post.update({ where: { id: post.id }, data: { title: 'never' } })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(titles(await listOf(ada.id))).toEqual(['ada'])
})

const narrowedBy = (narrowBy: readonly string[]): PolicySet => ({
  ...policies,
  models: {
    ...policies.models,
    Post: { ...policies.models.Post, policy: resolvePolicy('invalidate', { ttl: 600_000, narrowBy }) },
  },
})

test('H29: a write by a process that narrows by another field, or by none, reaches the list', async () => {
  const { client, ada, post, listOf } = await authors()
  for (const narrowBy of [[], ['title']]) {
    const other = extend(bench, { policies: narrowedBy(narrowBy) })
    await warm(client, () => listOf(ada.id))
    await other.prisma.post.update({ where: { id: post.id }, data: { title: `by ${narrowBy.length}` } })
    expect(titles(await listOf(ada.id))).toEqual([`by ${narrowBy.length}`])
  }
})

test('an invalidation by hand, by a process that narrows by nothing, reaches the list', async () => {
  const { client, ada, post, listOf } = await authors()
  await warm(client, () => listOf(ada.id))
  const wide = extend(bench, { policies: narrowedBy([]) })
  await wide.prisma.$cache.invalidate('Post')
  await client.plain.post.update({ where: { id: post.id }, data: { title: 'outside' } })
  expect(titles(await listOf(ada.id))).toEqual(['outside'])
})

test('a server that has forgotten which fields are asked by forgets the answers too', async () => {
  const { client, ada, post, listOf } = await authors()
  await warm(client, () => listOf(ada.id))
  await client.plain.post.update({ where: { id: post.id }, data: { title: 'outside' } })
  await bench.redis().del(createKeys(bench.namespace).fieldVersions('Post'))
  expect(titles(await listOf(ada.id))).toEqual(['outside'])
})

test('a session that carries its token sees its own write in a list of another process', async () => {
  const { client, ada, bob, post, listOf } = await authors()
  const other = extend(bench)
  const listThere = () => other.prisma.post.findMany({ where: { authorId: bob.id } })
  await warm(client, () => listOf(ada.id))
  await warm(other, listThere)
  const token = await client.prisma.$cache.session(async (session) => {
    await client.prisma.post.update({ where: { id: post.id }, data: { authorId: bob.id } })
    return session.token()
  })
  const seen = await other.prisma.$cache.session.resume(token, listThere)
  expect(titles(seen)).toContain('ada')
})
