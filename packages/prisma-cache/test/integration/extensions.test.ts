import { PrismaPg } from '@prisma/adapter-pg'
import { resolvePolicy } from '@prisma-cache/policy-dsl'
import { type PolicySet, prismaCache } from 'prisma-cache'
import { policies } from '../prisma/generated/cache/index.js'
import { PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const cacheOf = (set: PolicySet = policies) =>
  prismaCache({ policies: set as typeof policies, redis: bench.redisUrl, namespace: bench.namespace })

/** Reads with the first, which fills, then with the second, which must hit, and compares both with no cache at all. */
async function same<T>(
  clients: { cached: { $cache: { on(name: 'fill', listener: () => void): () => void } }; bare: unknown },
  read: (client: never) => PromiseLike<T>,
): Promise<void> {
  const expected = await read(clients.bare as never)
  const filled = new Promise<void>((resolve) => {
    const off = clients.cached.$cache.on('fill', () => {
      off()
      resolve()
    })
  })
  expect(await read(clients.cached as never)).toEqual(expected)
  await filled
  expect(await read(clients.cached as never)).toEqual(expected)
}

describe('H24: a computed field of another extension', () => {
  const computed = {
    result: {
      user: {
        shout: { needs: { email: true }, compute: (user: { email: string }) => user.email.toUpperCase() },
      },
    },
  } as const

  test.each(['before', 'after'] as const)('applied %s the cache', async (side) => {
    const plain = bench.plain()
    const email = `${side}@x`
    const { id } = await plain.user.create({ data: { email, name: 'n' } })
    const cached =
      side === 'before' ? plain.$extends(computed).$extends(cacheOf()) : plain.$extends(cacheOf()).$extends(computed)
    bench.onClose(() => cached.$disconnect())
    const bare = plain.$extends(computed)
    type Client = typeof bare
    await same({ cached, bare }, (c: Client) =>
      c.user.findUnique({ where: { id } }).then((u) => [u!.shout, Object.entries(u!)]),
    )
    await same({ cached, bare }, (c: Client) => c.user.findMany({ where: { id } }).then((us) => us.map((u) => u.shout)))
    for (const args of [{ select: { shout: true } }, { omit: { email: true } }, { select: { name: true } }] as const) {
      const ours = await (cached as unknown as Client).user.findUnique({ where: { id }, ...args } as never)
      expect(Object.entries(ours as unknown as object)).toEqual(
        Object.entries((await bare.user.findUnique({ where: { id }, ...args } as never)) as unknown as object),
      )
      const again = await (cached as unknown as Client).user.findUnique({ where: { id }, ...args } as never)
      expect(Object.entries(again as unknown as object)).toEqual(Object.entries(ours as unknown as object))
    }
    const updated = await (cached as unknown as Client).user.update({
      where: { id },
      data: { name: 'm' },
      select: { shout: true },
    })
    expect(updated.shout).toBe(email.toUpperCase())
  })
})

describe('H24: a query extension that narrows every read', () => {
  const softDelete = {
    query: {
      post: {
        async findMany({ args, query }: { args: { where?: object }; query: (args: unknown) => Promise<unknown> }) {
          return query({ ...args, where: { ...args.where, views: { gte: 0 } } })
        },
      },
    },
  }

  test.each(['before', 'after'] as const)('applied %s the cache', async (side) => {
    const plain = bench.plain()
    const title = `soft-${side}`
    await plain.post.createMany({
      data: [
        { title, views: 1 },
        { title, views: -1 },
      ],
    })
    const cached =
      side === 'before'
        ? plain.$extends(softDelete as never).$extends(cacheOf())
        : plain.$extends(cacheOf()).$extends(softDelete as never)
    bench.onClose(() => cached.$disconnect())
    await same({ cached, bare: plain.$extends(softDelete as never) }, (c: typeof plain) =>
      c.post.findMany({ where: { title }, select: { views: true } }),
    )
  })
})

test('H24: an extension nearer to the database that adds an include to a write and a read', async () => {
  const including = {
    query: {
      setting: {
        update: ({ args, query }: { args: object; query: (args: unknown) => Promise<unknown> }) =>
          query({ ...args, omit: { value: true } }),
        findUnique: ({ args, query }: { args: object; query: (args: unknown) => Promise<unknown> }) =>
          query({ ...args, omit: { value: true } }),
      },
    },
  }
  const plain = bench.plain()
  const cached = plain.$extends(cacheOf()).$extends(including as never)
  bench.onClose(() => cached.$disconnect())
  const bare = plain.$extends(including as never) as unknown as typeof plain
  const ours = cached as unknown as typeof plain
  const where = { scope_key: { scope: 'near', key: 'k' } }
  await plain.setting.create({ data: { scope: 'near', key: 'k', value: 1 } })
  for (let round = 0; round < 2; round++) {
    expect(await ours.setting.findUnique({ where })).toEqual(await bare.setting.findUnique({ where }))
    expect(await ours.setting.update({ where, data: { value: 2 } })).toEqual(
      await bare.setting.update({ where, data: { value: 2 } }),
    )
  }
})

test('Prisma’s validation errors speak of the caller’s own arguments', async () => {
  const { prisma, plain } = extend(bench)
  for (const call of [
    (p: typeof plain) =>
      p.setting.update({ where: { scope_key: { scope: 'x', key: 'k' } }, data: { nope: 1 } as never }),
    (p: typeof plain) =>
      p.setting.findUnique({ where: { scope_key: { scope: 'x', key: 'k' } }, relationLoadStrategy: 'nope' } as never),
    (p: typeof plain) => p.account.create({ data: { owner: 1 } as never }),
    (p: typeof plain) => p.counter.update({ where: { id: 'x' }, data: { hits: 'many' as never } }),
  ]) {
    const text = async (p: typeof plain) =>
      await call(p).then(
        () => 'no error',
        (error: Error) => error.message.slice(error.message.indexOf('{')),
      )
    expect(await text(prisma as unknown as typeof plain)).toBe(await text(plain))
  }
})

test('H23: a client that omits a field, beside one that does not', async () => {
  const one = new PrismaClient({
    adapter: new PrismaPg({ connectionString: bench.databaseUrl }),
    omit: { setting: { value: true } },
  })
  const omitting = one.$extends(cacheOf())
  bench.onClose(() => omitting.$disconnect())
  const whole = extend(bench)
  const where = { scope_key: { scope: 'omit', key: 'k' } }
  await omitting.setting.create({ data: { scope: 'omit', key: 'k', value: 1 } })
  for (let round = 0; round < 2; round++) {
    expect(await omitting.setting.findUnique({ where })).toEqual({ scope: 'omit', key: 'k' })
    expect(await whole.prisma.setting.findUnique({ where })).toEqual({ scope: 'omit', key: 'k', value: round + 1 })
    expect(await omitting.setting.findUnique({ where, omit: { value: false } })).toEqual({
      scope: 'omit',
      key: 'k',
      value: round + 1,
    })
    expect(await omitting.setting.findMany({ where: { scope: 'omit' } })).toEqual([{ scope: 'omit', key: 'k' }])
    expect(await omitting.setting.update({ where, data: { value: round + 2 } })).toEqual({ scope: 'omit', key: 'k' })
  }
})

test('H29: two shapes and two policies of a model at once share no entry, and every tag', async () => {
  const { Team } = policies.models
  const other = {
    ...policies,
    models: {
      ...policies.models,
      Team: {
        policy: resolvePolicy('writeThrough', { ttl: 60_000 }),
        facts: { ...Team.facts, shapeHash: 'ffffffffffff' },
      },
    },
  } as PolicySet
  const older = extend(bench)
  const newer = extend(bench, { policies: other })
  const where = { id: 77 }
  await older.prisma.team.create({ data: { ...where, name: '0' } })
  for (let n = 1; n <= 3; n++) {
    for (const [writer, reader] of [
      [older, newer],
      [newer, older],
    ] as const) {
      const name = `${n}${writer === older ? 'o' : 'n'}`
      expect(await reader.prisma.team.findMany({ where })).toHaveLength(1)
      await writer.prisma.team.update({ where, data: { name } })
      for (const client of [reader, writer, reader]) {
        expect((await client.prisma.team.findUnique({ where }))!.name).toBe(name)
        expect((await client.prisma.team.findMany({ where }))[0]!.name).toBe(name)
      }
    }
  }
})

test('H9: a deletion that the database carries over several levels', async () => {
  const { prisma, plain } = extend(bench)
  const author = await prisma.user.create({
    data: {
      email: 'levels@x',
      profile: { create: { bio: 'b' } },
      posts: { create: { title: 'p', comments: { create: { text: 'c' } } } },
    },
    include: { posts: { include: { comments: true } }, profile: true },
  })
  const post = author.posts[0]!
  const answers = async (client: typeof plain) => [
    await client.profile.findUnique({ where: { id: author.profile!.id } }),
    await client.post.findUnique({ where: { id: post.id } }),
    await client.post.findMany({ where: { comments: { some: { text: 'c' } } } }),
  ]
  const ours = prisma as unknown as typeof plain
  expect(await answers(ours)).toEqual(await answers(plain))
  await prisma.user.delete({ where: { id: author.id } })
  expect(await answers(ours)).toEqual(await answers(plain))
  expect(await answers(ours)).toEqual(await answers(plain))
  await prisma.post.delete({ where: { id: post.id } })
  expect(await answers(ours)).toEqual(await answers(plain))
})
