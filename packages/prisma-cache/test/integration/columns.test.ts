import { type Bench, createBench } from './support/bench.js'
import { type Extended, type ExtendOptions, extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'
import { withPolicies } from './support/policies.js'

/** `columns: read`: answers that depend on the columns alone that they mention. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const byColumn = withPolicies({ Post: ['invalidate', { ttl: 600_000, columns: 'read' }] })
const client = (options: ExtendOptions = {}) => extend(bench, { policies: byColumn, ...options })
type Client = ReturnType<typeof extend>

let next = 0
async function author() {
  const { id } = await bench.plain().user.create({ data: { email: `columns${next++}@x` } })
  const post = await bench.plain().post.create({ data: { title: 'p', views: 1, authorId: id } })
  // Nobody has seen these rows come.
  await client().prisma.$cache.invalidate('Post')
  const reads: Readonly<Record<string, (of: Extended) => PromiseLike<unknown>>> = {
    'how many': (of) => of.post.count({ where: { authorId: id } }),
    'how many are seen': (of) => of.post.count({ where: { authorId: id, views: { gt: 1 } } }),
    titles: (of) => of.post.findMany({ where: { authorId: id }, select: { title: true }, orderBy: { id: 'asc' } }),
    'of anybody': (of) => of.post.count(),
    'seen, of anybody': (of) => of.post.aggregate({ where: { views: { gt: 1 } }, _max: { views: true } }),
    rows: (of) => of.post.findMany({ where: { authorId: id }, orderBy: { id: 'asc' } }),
  }
  return { id, post, reads }
}

/** Each answered as the database would. @returns the names of those that were hits */
async function hits(of: Client, reads: Awaited<ReturnType<typeof author>>['reads']): Promise<string[]> {
  const names: string[] = []
  for (const [name, read] of Object.entries(reads)) {
    of.events()
    const answer = await read(of.prisma)
    if (of.events().some((event) => event.startsWith('hit:'))) names.push(name)
    expect({ [name]: answer }).toEqual({ [name]: await read(of.plain as unknown as Extended) })
  }
  return names
}

async function warm(of: Client, reads: Awaited<ReturnType<typeof author>>['reads']): Promise<void> {
  while ((await hits(of, reads)).length < Object.keys(reads).length) await new Promise(setImmediate)
}

const BY_NOBODY_ELSE = ['how many', 'how many are seen', 'titles', 'of anybody', 'seen, of anybody', 'rows']
const MENTION_NO = {
  title: ['how many', 'how many are seen', 'of anybody', 'seen, of anybody'],
  views: ['how many', 'titles', 'of anybody'],
}

const WRITES: readonly (readonly [
  string,
  readonly string[],
  (of: Extended, id: number, post: number) => PromiseLike<unknown>,
])[] = [
  ['a title', MENTION_NO.title, (of, _, id) => of.post.update({ where: { id }, data: { title: 'new' } })],
  ['views', MENTION_NO.views, (of, _, id) => of.post.update({ where: { id }, data: { views: { increment: 5 } } })],
  [
    'views of many',
    MENTION_NO.views,
    (of, authorId) => of.post.updateMany({ where: { authorId }, data: { views: 9 } }),
  ],
  [
    'both, in a transaction',
    ['how many', 'of anybody'],
    (of, _, id) =>
      of.$transaction(async (tx) => {
        await tx.post.update({ where: { id }, data: { views: 11 } })
        await tx.post.update({ where: { id }, data: { title: 'both' } })
      }),
  ],
  [
    'views, and a create',
    [],
    (of, authorId, id) =>
      of.$transaction([
        of.post.update({ where: { id }, data: { views: 12 } }),
        of.post.create({ data: { title: 'c', authorId } }),
      ]),
  ],
  ['a create', [], (of, authorId) => of.post.create({ data: { title: 'c', authorId } })],
  [
    'an upsert',
    [],
    (of, authorId) =>
      of.post.upsert({ where: { id: -authorId }, create: { id: -authorId, title: 'u', authorId }, update: {} }),
  ],
  [
    'a move',
    ['of anybody', 'seen, of anybody'],
    (of, _, id) => of.post.update({ where: { id }, data: { authorId: null } }),
  ],
  [
    'a nested write',
    [],
    (of, id) => of.user.update({ where: { id }, data: { posts: { updateMany: { where: {}, data: { views: 3 } } } } }),
  ],
  ['raw SQL', [], (of) => of.$executeRaw`update "Post" set title = 'raw'`],
  ['a cascade', [], (of, id) => of.user.delete({ where: { id } })],
]

test.each(WRITES)('%s leaves %j alone, and no other', async (_, left, write) => {
  const of = client()
  const { id, post, reads } = await author()
  await warm(of, reads)
  expect(await hits(of, reads)).toEqual(BY_NOBODY_ELSE)
  await write(of.prisma, id, post.id)
  expect(await hits(of, reads)).toEqual(left)
})

test('H29: by a process that narrows by no column, or by no field, the same are reached', async () => {
  const of = client()
  for (const policy of [{ narrowBy: [] }, {}, { columns: 'read' as const, narrowBy: ['title'] }]) {
    const other = extend(bench, {
      policies: withPolicies({ Post: ['writeThrough', { ttl: 600_000, ...policy }] }),
    })
    const { post, reads } = await author()
    await warm(of, reads)
    await other.prisma.post.update({ where: { id: post.id }, data: { views: 5 } })
    const left = await hits(of, reads)
    expect(left).not.toContain('how many are seen')
    expect(left).not.toContain('seen, of anybody')
    expect(left).toContain('of anybody')
    await warm(of, reads)
    await other.prisma.$cache.invalidate('Post')
    expect(await hits(of, reads)).toEqual([])
  }
})

test('H1: what was loaded before a write of its column is dead on arrival', async () => {
  const gates = createGates()
  const of = client({ gates })
  const { post, reads } = await author()
  for (const name of ['how many are seen', 'titles']) {
    const operation = name === 'titles' ? 'Post.findMany' : 'Post.count'
    const load = gates.hold(operation, 'after')
    const filled = of.until('fill')
    const reading = start(reads[name]!(of.prisma))
    await load.arrived
    await client().prisma.post.update({
      where: { id: post.id },
      data: { views: { increment: 5 }, title: `${name} new` },
    })
    load.open()
    await reading
    await filled
    await hits(of, { [name]: reads[name]! })
  }
})

test('a session that carries its token sees its own write of a column in another process', async () => {
  const [here, there] = [client(), client()]
  const { post, reads } = await author()
  await warm(there, reads)
  const token = await here.prisma.$cache.session(async (session) => {
    await here.prisma.post.update({ where: { id: post.id }, data: { views: 7 } })
    return session.token()
  })
  await there.prisma.$cache.session.resume(token, async () => {
    expect(await hits(there, reads)).toEqual(MENTION_NO.views)
  })
})
