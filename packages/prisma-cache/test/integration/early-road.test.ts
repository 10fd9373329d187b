import { PrismaPg } from '@prisma/adapter-pg'
import { skip } from '@prisma/client/runtime/client'
import { prismaCache } from 'prisma-cache'
import { EarlyRead } from '../../src/extension/early-read.js'
import { policies } from '../prisma/generated/cache/index.js'
import { Prisma, PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const cacheOf = () => prismaCache({ policies, redis: bench.redisUrl, namespace: bench.namespace })
const isEarly = (read: unknown) => read instanceof EarlyRead

let next = 0
async function newTeam(client: PrismaClient): Promise<{ id: number }> {
  return await client.team.create({ data: { id: 7000 + ++next, name: 'old' }, select: { id: true } })
}

/** Reads until the answer is a hit. */
async function warm(client: ReturnType<typeof extend>, read: () => PromiseLike<unknown>): Promise<void> {
  const filled = client.until('fill')
  await read()
  await filled
  client.events()
}

test('a hit goes past Prisma’s dispatch; a miss asks Prisma once', async () => {
  const client = extend(bench)
  const where = await newTeam(client.plain)
  let requests = 0
  const request = Reflect.get(client.plain, '_request') as (params: object) => Promise<unknown>
  Object.assign(client.plain, {
    _request(this: object, params: object) {
      requests++
      return request.call(this, params)
    },
  })
  await warm(client, () => client.prisma.team.findUnique({ where }))
  expect(requests).toBe(1)
  expect(await client.prisma.team.findUnique({ where })).toEqual({ ...where, name: 'old' })
  expect(await client.prisma.team.findMany({ where })).toEqual([{ ...where, name: 'old' }])
  expect(requests).toBe(2)
  expect(client.events().slice(0, 2)).toEqual(['hit:Team.findUnique', 'miss:Team.findMany(absent)'])
})

describe('lazy as Prisma’s own promise', () => {
  test('nothing runs until somebody waits, and then once', async () => {
    const client = extend(bench)
    const where = await newTeam(client.plain)
    await warm(client, () => client.prisma.team.findUnique({ where }))
    const read = client.prisma.team.findUnique({ where })
    expect(isEarly(read)).toBe(true)
    expect(Object.prototype.toString.call(read)).toBe('[object PrismaPromise]')
    await new Promise((resolve) => setImmediate(resolve))
    expect(client.events()).toEqual([])
    await client.prisma.team.update({ where, data: { name: 'new' } })
    expect(await read).toMatchObject({ name: 'new' })
    client.events()
    expect(await read).toBe(await read)
    expect(client.events()).toEqual([])
  })

  test('then, catch and finally', async () => {
    const { prisma, plain } = extend(bench)
    const where = await newTeam(plain)
    expect(await prisma.team.findUnique({ where }).then((team) => team!.name)).toBe('old')
    expect(await prisma.team.findUnique({ where }).catch(() => 'caught')).toMatchObject({ name: 'old' })
    const done: string[] = []
    expect(await prisma.team.findUnique({ where }).finally(() => done.push('done'))).toMatchObject({ name: 'old' })
    const none = prisma.team.findUniqueOrThrow({ where: { id: -1 } })
    expect(await none.catch((error: { code: string }) => error.code)).toBe('P2025')
    await expect(none.finally(() => done.push('again'))).rejects.toMatchObject({ code: 'P2025' })
    expect(done).toEqual(['done', 'again'])
  })

  test('within a session it begins in the session', async () => {
    const client = extend(bench)
    const where = await newTeam(client.plain)
    const { prisma } = client
    const seen = await prisma.$cache.session(async () => {
      await prisma.team.update({ where, data: { name: 'mine' } })
      return await prisma.$cache.session(() => prisma.team.findUnique({ where }))
    })
    expect(seen).toMatchObject({ name: 'mine' })
  })

  test('the arguments are read when somebody waits, and copied then', async () => {
    const client = extend(bench)
    const [one, other] = [await newTeam(client.plain), await newTeam(client.plain)]
    const args = { where: { ...one } }
    const read = client.prisma.team.findUnique(args)
    args.where.id = other.id
    const begun = read.then((team) => team!.id)
    args.where.id = one.id // the lookup is on its way, and then the load
    expect(await begun).toBe(other.id)
    const odd = { where: { ...one } as object }
    const later = client.prisma.team.findUnique(odd as { where: { id: number } })
    odd.where = { id: other.id, name: { toJSON: () => 'old' } }
    expect(await later).toEqual({ ...other, name: 'old' })
  })
})

test('in an array of a transaction it is one of its statements', async () => {
  const client = extend(bench)
  const where = await newTeam(client.plain)
  await warm(client, () => client.prisma.team.findUnique({ where }))
  const read = client.prisma.team.findUnique({ where })
  expect(isEarly(read)).toBe(true)
  const [updated, seen, failed] = await client.prisma.$transaction([
    client.prisma.team.update({ where, data: { name: 'within' } }),
    read,
    client.prisma.team.findMany({ where }),
  ])
  expect([updated, seen, ...failed]).toEqual(Array(3).fill({ ...where, name: 'within' }))
  expect(client.events()).toEqual(
    expect.arrayContaining(['bypass:Team.findUnique(transaction)', 'bypass:Team.findMany(transaction)']),
  )
  await expect(
    client.prisma.$transaction([
      client.prisma.team.update({ where, data: { name: 'lost' } }),
      client.prisma.team.findUniqueOrThrow({ where: { id: -1 } }),
    ]),
  ).rejects.toMatchObject({ code: 'P2025' })
  expect(await client.prisma.team.findUnique({ where })).toMatchObject({ name: 'within' })
})

test('H3: the client of an interactive transaction has Prisma’s own operations, nested ones too', async () => {
  const client = extend(bench)
  const where = await newTeam(client.plain)
  await warm(client, () => client.prisma.team.findUnique({ where }))
  const rolledBack = client.prisma.$transaction(async (tx) => {
    await tx.team.update({ where, data: { name: 'phantom' } })
    expect(isEarly(tx.team.findUnique({ where }))).toBe(false)
    expect(await tx.team.findUnique({ where })).toMatchObject({ name: 'phantom' })
    await (tx as unknown as typeof client.prisma).$transaction(async (inner) => {
      expect(isEarly(inner.team.findUnique({ where }))).toBe(false)
      expect(await inner.team.findUnique({ where })).toMatchObject({ name: 'phantom' })
    })
    // The root client is no part of it.
    expect(isEarly(client.prisma.team.findUnique({ where }))).toBe(true)
    expect(await client.prisma.team.findUnique({ where })).toMatchObject({ name: 'old' })
    throw new Error('rolled back')
  })
  await expect(rolledBack).rejects.toThrow('rolled back')
  expect(await client.prisma.team.findUnique({ where })).toMatchObject({ name: 'old' })
})

test('the fluent form goes on from a read of one row', async () => {
  const { prisma, plain } = extend(bench)
  const { id } = await plain.user.create({
    data: { email: 'fluent@x', posts: { create: { title: 'p', comments: { create: { text: 'c' } } } } },
  })
  const [post] = await plain.post.findMany({ where: { authorId: id } })
  for (let round = 0; round < 2; round++) {
    expect(await prisma.user.findUnique({ where: { id } }).posts()).toEqual([post])
    expect(await prisma.user.findFirstOrThrow({ where: { id } }).posts({ select: { title: true } })).toEqual([
      { title: 'p' },
    ])
    const comments = prisma.post.findUnique({ where: { id: post!.id } }).comments()
    expect(await comments).toMatchObject([{ text: 'c' }])
    expect(
      await prisma.post
        .findUnique({ where: { id: post!.id } })
        .author()
        .posts(),
    ).toEqual([post])
  }
  const [viaArray] = await prisma.$transaction([prisma.user.findUnique({ where: { id } }).posts()])
  expect(viaArray).toEqual([post])
})

describe('H24: another extension', () => {
  const counting = () => {
    const seen: string[] = []
    const query = {
      $allModels: {
        findUnique({ model, query, args }: { model: string; query(args: unknown): unknown; args: unknown }) {
          seen.push(model)
          return query(args)
        },
      },
    }
    return { seen, extension: { query } as never }
  }

  test('that wraps a read before the cache runs on hits too', async () => {
    const { seen, extension } = counting()
    const plain = bench.plain()
    const prisma = plain.$extends(extension).$extends(cacheOf()) as unknown as Extended
    bench.onClose(() => prisma.$disconnect())
    const where = await newTeam(plain)
    for (let round = 0; round < 3; round++) await prisma.team.findUnique({ where })
    expect(seen).toHaveLength(3)
    expect(isEarly(prisma.team.findUnique({ where }))).toBe(false)
    expect(isEarly(prisma.team.findMany({ where }))).toBe(true)
  })

  test('that stands between the cache and the database is asked on a miss only', async () => {
    const { seen, extension } = counting()
    const client = extend(bench)
    const prisma = client.prisma.$extends(extension) as unknown as Extended
    const where = await newTeam(client.plain)
    await warm(client, () => prisma.team.findUnique({ where }))
    await prisma.team.findUnique({ where })
    expect(seen).toEqual(['Team'])
    expect(client.events()).toEqual(['hit:Team.findUnique'])
  })

  test('with a method of the same name is called instead', async () => {
    const plain = bench.plain()
    const model = { team: { findUnique: async () => 'theirs' } }
    const before = plain.$extends({ model } as never).$extends(cacheOf())
    const after = plain.$extends(cacheOf()).$extends({ model } as never)
    bench.onClose(() => before.$disconnect())
    for (const prisma of [before, after as unknown as typeof before]) {
      expect(await prisma.team.findUnique({ where: { id: 1 } })).toBe('theirs')
    }
  })

  test('with computed fields, on the model or on one that an answer may hold', async () => {
    const plain = bench.plain()
    const result = {
      post: { loud: { needs: { title: true }, compute: (post: { title: string }) => `${post.title}!` } },
    }
    const prisma = plain.$extends({ result }).$extends(cacheOf())
    bench.onClose(() => prisma.$disconnect())
    const { id } = await plain.user.create({ data: { email: 'loud@x', posts: { create: { title: 'p' } } } })
    const later = plain.$extends(cacheOf()).$extends({ result })
    bench.onClose(() => later.$disconnect())
    for (const client of [prisma, later as unknown as typeof prisma]) {
      for (let round = 0; round < 2; round++) {
        const user = await client.user.findUnique({ where: { id }, include: { posts: true } })
        expect(user!.posts[0]!.loud).toBe('p!')
      }
    }
    expect(isEarly(prisma.user.findUnique({ where: { id } }))).toBe(false)
    expect(isEarly(prisma.account.findUnique({ where: { id: '1' } }))).toBe(true)
  })

  test('with methods of its own finds the cache under the names that it calls', async () => {
    const client = extend(bench)
    const where = await newTeam(client.plain)
    const named = client.prisma.$extends({
      model: {
        team: {
          nameOf(this: never, id: number) {
            const { findUnique } = Prisma.getExtensionContext(this) as Extended['team']
            return findUnique({ where: { id } }).then((team) => team?.name)
          },
        },
      },
    } as never) as unknown as { team: { nameOf(id: number): Promise<string | undefined> } }
    await warm(client, () => named.team.nameOf(where.id))
    expect(await named.team.nameOf(where.id)).toBe('old')
    expect(client.events()).toEqual(['hit:Team.findUnique'])
  })
})

test('a tracer is told of every operation', async () => {
  const client = extend(bench)
  const where = await newTeam(client.plain)
  await warm(client, () => client.prisma.team.findUnique({ where }))
  const spans: string[] = []
  const helper = {
    isEnabled: () => true,
    getTraceParent: () => '00-10-10-00',
    dispatchEngineSpans() {},
    getActiveContext: () => undefined,
    runInChildSpan(options: string | { name: string }, callback: () => unknown) {
      spans.push(typeof options === 'string' ? options : options.name)
      return callback()
    },
  }
  const instrumented = globalThis as Record<string, unknown>
  const slot = 'V7_PRISMA_INSTRUMENTATION'
  const before = instrumented[slot]
  instrumented[slot] = { helper }
  try {
    await client.prisma.team.findUnique({ where })
  } finally {
    instrumented[slot] = before
  }
  expect(spans).toEqual(['operation'])
  expect(client.events()).toEqual(['hit:Team.findUnique'])
})

describe('errors are Prisma’s own, with the place of the call', () => {
  const known = { id: 6999 }
  beforeAll(async () => {
    const client = extend(bench)
    await client.plain.team.create({ data: { ...known, name: 'known' } })
    await warm(client, () => client.prisma.team.findUnique({ where: known }))
  })
  const failing: readonly ((prisma: PrismaClient) => PromiseLike<unknown>)[] = [
    (prisma) => prisma.team.findUniqueOrThrow({ where: { id: -1 } }),
    (prisma) => prisma.team.findFirstOrThrow({ where: { name: 'nobody' }, include: { members: true } }),
    (prisma) => prisma.team.findMany({ where: { nome: 'x' } as never }),
    (prisma) => prisma.team.findUnique({ where: { id: 'x' as never } }),
    (prisma) => prisma.team.findUnique({ where: { id: 2 ** 40 } }),
    (prisma) => prisma.team.findUnique({ where: known, select: {} }),
    (prisma) => prisma.team.findUnique({ where: known, select: { nome: true } as never }),
    (prisma) => prisma.team.findUnique({ where: known, nonsense: 1 } as never),
    (prisma) => prisma.team.findMany({ take: 'x' as never }),
    (prisma) => prisma.team.findUnique(undefined as never),
    (prisma) => prisma.team.findUnique({ where: { id: null as never } }),
    (prisma) => prisma.team.findMany({ where: { id: { in: [Number.NaN] } } }),
    ({ team: { findUniqueOrThrow } }) => findUniqueOrThrow({ where: { id: -1 } }),
    (prisma) => prisma.user.findUnique({ where: { id: 1 } }).posts({ take: 'x' as never }),
  ]

  test.each(['colorless', 'minimal'] as const)('in the format %s', async (errorFormat) => {
    const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: bench.databaseUrl }), errorFormat })
    bench.onClose(() => plain.$disconnect())
    const { prisma } = extend(bench, { plain })
    const errorOf = async (client: PrismaClient, call: (typeof failing)[number]) => {
      const error = await call(client).then(
        () => undefined,
        (reason: Error & { code?: string; meta?: unknown }) => reason,
      )
      return error && { name: error.name, message: error.message, code: error.code, meta: error.meta }
    }
    for (const call of failing) {
      const expected = await errorOf(plain, call)
      expect(expected).toBeDefined()
      for (let round = 0; round < 2; round++)
        expect(await errorOf(prisma as unknown as PrismaClient, call)).toEqual(expected)
    }
  })
})

test('H22: what Prisma treats in a way of its own is left to it', async () => {
  const { prisma, plain } = extend(bench)
  const where = await newTeam(plain)
  class Text {
    toJSON = () => 'old'
  }
  for (const args of [
    { where: { ...where, name: undefined } },
    { where: { ...where, name: new Text() } },
    { where: { ...where, AND: [{ id: plain.team.fields.id }] } },
    { where: { ...where, name: skip } },
    { where: { ...where, toJSON: () => ({}) } },
    Object.assign(Object.create({ inherited: 1 }), { where }),
  ]) {
    expect(isEarly(prisma.team.findMany(args as never))).toBe(false)
  }
  for (const args of [undefined, {}, { where: { name: null } }, { where: { id: { in: [1, 2] } }, take: 1 }]) {
    expect(isEarly(prisma.team.findMany(args as never))).toBe(true)
  }
})
