import { resolvePolicy } from '@prisma-cache/policy-dsl'
import type { PolicySet } from 'prisma-cache'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

/** mulberry32 */
function createRandom(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    below: (n: number) => Math.floor(next() * n),
    pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)]!,
  }
}
type Random = ReturnType<typeof createRandom>

const AUTHORS = [1, 2, 3]
const POSTS = [1, 2, 3, 4, 5, 6]

/** Few rows, so that writers and readers meet; each question is answered by a row, a list by key, or a whole table. */
const QUESTIONS: readonly ((client: Extended) => PromiseLike<unknown>)[] = [
  ...AUTHORS.map((authorId) => (c: Extended) => c.post.findMany({ where: { authorId }, orderBy: { id: 'asc' } })),
  ...AUTHORS.map((authorId) => (c: Extended) => c.post.count({ where: { authorId, views: { gt: 1 } } })),
  ...AUTHORS.map(
    (id) => (c: Extended) => c.user.findUnique({ where: { id }, include: { posts: { orderBy: { id: 'asc' } } } }),
  ),
  ...POSTS.map((id) => (c: Extended) => c.post.findUnique({ where: { id } })),
  (c) => c.post.findMany({ where: { authorId: null }, orderBy: { id: 'asc' } }),
  (c) => c.post.findMany({ where: { OR: [{ authorId: 1 }, { authorId: 2 }] }, orderBy: { id: 'asc' } }),
  (c) => c.post.aggregate({ _sum: { views: true }, _count: true }),
  (c) => c.post.count(),
  (c) => c.post.count({ where: { views: { gt: 1 } } }),
  (c) => c.post.findMany({ select: { id: true, authorId: true }, orderBy: { id: 'asc' } }),
  (c) => c.post.groupBy({ by: ['authorId'], _count: true, orderBy: { authorId: 'asc' } }),
  ...AUTHORS.map((authorId) => (c: Extended) => c.post.count({ where: { authorId } })),
  ...AUTHORS.map(
    (authorId) => (c: Extended) =>
      c.post.findMany({ where: { authorId }, select: { title: true }, orderBy: { id: 'asc' } }),
  ),
  (c) => c.user.findMany({ orderBy: { id: 'asc' }, include: { _count: { select: { posts: true } } } }),
]

function write(client: Extended, { below, pick }: Random): PromiseLike<unknown> {
  const [id, authorId, title, views] = [pick(POSTS), pick([...AUTHORS, null]), `t${below(1000)}`, below(4)]
  const data = { title, views }
  switch (below(11)) {
    case 0:
    case 1:
      return client.post.update({ where: { id }, data })
    case 2:
      return client.post.update({ where: { id }, data: { authorId } })
    case 3:
      return client.post.update({
        where: { id, authorId: pick(AUTHORS) },
        data: { ...data, authorId },
        select: { id: true },
      })
    case 4:
      return client.post.upsert({ where: { id }, create: { id, ...data, authorId }, update: { ...data } })
    case 5:
      return client.post.delete({ where: { id }, select: { title: true } })
    case 6:
      return client.post.createMany({ data: [{ id, ...data, authorId }], skipDuplicates: true })
    case 7:
      return client.post.updateMany({ where: { authorId: pick(AUTHORS) }, data: below(2) ? { views } : { authorId } })
    case 8:
      return client.user.update({ where: { id: pick(AUTHORS) }, data: { posts: { connect: { id } } } })
    case 9:
      return client.$transaction(async (tx) => {
        await tx.post.update({ where: { id }, data: { authorId } })
        if (below(3) === 0) throw new Error('rolled back')
        await tx.post.updateMany({ where: { authorId: null }, data: { views } })
      })
    default:
      return client.$executeRaw`update "Post" set views = ${views} where "authorId" = ${pick(AUTHORS)}`
  }
}

const post = (policy: ReturnType<typeof resolvePolicy>): PolicySet => ({
  ...policies,
  models: { ...policies.models, Post: { ...policies.models.Post, policy } },
})

test.each([
  ['narrowed', [post(resolvePolicy('invalidate', { ttl: 600_000 }))], 1],
  ['put', [post(resolvePolicy('writeThrough', { ttl: 600_000 }))], 2],
  [
    'two policies at once',
    [
      post(resolvePolicy('writeAround', { ttl: 600_000 })),
      post(resolvePolicy('writeThrough', { narrowBy: [], ttl: 600_000 })),
    ],
    3,
  ],
  [
    'by column',
    [
      post(resolvePolicy('invalidate', { ttl: 600_000, columns: 'read' })),
      post(resolvePolicy('writeThrough', { ttl: 600_000, columns: 'read', narrowBy: ['title'] })),
      post(resolvePolicy('writeAround', { ttl: 600_000, narrowBy: [] })),
    ],
    5,
  ],
  ['eventual', [post(resolvePolicy('invalidate', { ttl: 600_000, consistency: 'eventual' }))], 4],
] as const)(
  '%s: when many have written and read at once, what is left in the cache is what Postgres has',
  async (_, sets, seed) => {
    const random = createRandom(seed)
    const clients = [0, 1, 2].map((i) =>
      extend(bench, { policies: sets[i % sets.length]!, namespace: `${bench.namespace}.${seed}` }),
    )
    const plain = bench.plain()
    await plain.post.deleteMany()
    for (const id of AUTHORS) await plain.user.upsert({ where: { id }, create: { id, email: `${id}@c` }, update: {} })
    for (let round = 0; round < 6; round++) {
      let left = 60
      const one = async () => {
        while (left-- > 0) {
          const { prisma } = random.pick(clients)
          // Rows that are not there, and writers that meet: what fails is as likely to have changed nothing.
          await (random.below(10) < 6 ? random.pick(QUESTIONS)(prisma) : write(prisma, random)).then(
            null,
            () => undefined,
          )
        }
      }
      await Promise.all(Array.from({ length: 8 }, one))
      for (const [n, ask] of QUESTIONS.entries()) {
        const truth = await ask(plain as unknown as Extended)
        for (const [i, { prisma }] of clients.entries()) {
          const told = await ask(prisma)
          if (JSON.stringify(told) !== JSON.stringify(truth))
            throw new Error(
              `seed ${seed}, round ${round}: question ${n} of client ${i}: ${JSON.stringify(told)} is not ${JSON.stringify(truth)}`,
            )
        }
      }
    }
  },
  120_000,
)
