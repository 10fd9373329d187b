import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

type Client = ReturnType<typeof extend>

/** Reads until the answer is cached, then returns a reader that must agree with Postgres. */
async function warm<T>(client: Client, read: (prisma: Client['prisma']) => Promise<T>): Promise<() => Promise<T>> {
  const filled = client.until('fill')
  await read(client.prisma)
  await filled
  return async () => {
    const ours = await read(client.prisma)
    expect(ours).toEqual(await read(client.plain as never))
    return ours
  }
}

describe('write-through', () => {
  test('the row is a hit right after create, update and upsert, and gone after delete', async () => {
    const client = extend(bench)
    const { prisma } = client
    const made = await prisma.account.create({ data: { id: 'wt-1', owner: 'ada', balance: 5 } })
    client.events()
    expect(await prisma.account.findUnique({ where: { id: 'wt-1' } })).toEqual(made)
    const changed = await prisma.account.update({
      where: { id: 'wt-1' },
      data: { balance: { increment: 2 } },
      select: { balance: true },
    })
    expect(Object.keys(changed)).toEqual(['balance'])
    expect(Number((await prisma.account.findUnique({ where: { id: 'wt-1' } }))!.balance)).toBe(7)
    await prisma.account.upsert({
      where: { id: 'wt-1' },
      create: { id: 'wt-1', owner: 'x', balance: 0 },
      update: { owner: 'eve' },
    })
    expect((await prisma.account.findUnique({ where: { id: 'wt-1' } }))!.owner).toBe('eve')
    await prisma.account.delete({ where: { id: 'wt-1' } })
    expect(await prisma.account.findUnique({ where: { id: 'wt-1' } })).toBeNull()
    expect(client.events().filter((event) => /^(hit|miss)/.test(event))).toEqual([
      ...Array(3).fill('hit:Account.findUnique'),
      'miss:Account.findUnique(stale)',
    ])
  })

  test('a row whose key the client makes is a hit right after its create', async () => {
    const client = extend(bench)
    const made = await client.prisma.account.create({ data: { owner: 'made', balance: 5 } })
    client.events()
    expect(await client.prisma.account.findUnique({ where: { id: made.id } })).toEqual(made)
    expect(client.events()).toEqual(['hit:Account.findUnique'])
    expect(await client.plain.account.findUnique({ where: { id: made.id } })).toEqual(made)
  })

  test('two writers that overlap put nothing, and the next read loads', async () => {
    const client = extend(bench)
    const { prisma } = client
    await prisma.setting.create({ data: { scope: 'two', key: 'k', value: 0 } })
    const where = { scope_key: { scope: 'two', key: 'k' } }
    await Promise.all([1, 2, 3].map((value) => prisma.setting.update({ where, data: { value } })))
    expect(await prisma.setting.findUnique({ where })).toEqual(await client.plain.setting.findUnique({ where }))
  })
})

describe('what a write must reach', () => {
  test('lists, counts and aggregates of the model', async () => {
    const client = extend(bench)
    const { prisma } = client
    const user = await prisma.user.create({ data: { email: 'list@x' } })
    const readers = [
      await warm(client, (p) => p.user.findMany({ orderBy: { id: 'asc' } })),
      await warm(client, (p) => p.user.count({ where: { name: null } })),
      await warm(client, (p) => p.user.aggregate({ _max: { id: true } })),
      await warm(client, (p) => p.user.groupBy({ by: ['tier'], _count: true, orderBy: { tier: 'asc' } })),
      await warm(client, (p) => p.user.findFirst({ where: { email: 'list@x' } })),
      await warm(client, (p) => p.user.findUnique({ where: { email: 'list@x' } })),
      await warm(client, (p) => p.user.findUnique({ where: { id: user.id } })),
    ]
    for (const write of [
      () => prisma.user.update({ where: { email: 'list@x' }, data: { name: 'L' }, select: { email: true } }),
      () => prisma.user.updateMany({ where: { email: 'list@x' }, data: { tier: 'PAID' } }),
      () => prisma.user.createMany({ data: [{ email: 'm1@x' }, { email: 'm2@x' }] }),
      () => prisma.user.createManyAndReturn({ data: [{ email: 'm3@x' }] }),
      () => prisma.user.updateManyAndReturn({ data: { name: 'all' } }),
      () => prisma.user.deleteMany({ where: { email: 'm1@x' } }),
      () => prisma.user.upsert({ where: { email: 'up@x' }, create: { email: 'up@x' }, update: { name: 'u' } }),
      () => prisma.$executeRaw`update "User" set name = 'raw'`,
      () => prisma.$queryRaw`with gone as (delete from "User" where email = 'm2@x' returning id) select * from gone`,
      () => prisma.$executeRawUnsafe(`update "User" set name = 'raw2'`),
      () => prisma.$cache.writes(['User'], () => prisma.$queryRaw`update "User" set name = 'raw3' returning id`),
      () => prisma.user.delete({ where: { id: user.id } }),
    ]) {
      await write()
      for (const read of readers) await read()
      for (const read of readers) await read()
    }
  })

  test('answers that include, filter, order or count by a relation, after nested writes on either side', async () => {
    const client = extend(bench)
    const { prisma } = client
    const author = await prisma.user.create({
      data: {
        email: 'author@x',
        posts: { create: [{ title: 'one', comments: { create: { text: 'c' } } }, { title: 'two' }] },
      },
    })
    const other = await prisma.user.create({ data: { email: 'other@x', profile: { create: { bio: 'b' } } } })
    const team = await prisma.team.create({ data: { name: 't' } })
    const readers = [
      await warm(client, (p) =>
        p.user.findUnique({ where: { id: author.id }, include: { posts: { orderBy: { id: 'asc' } } } }),
      ),
      await warm(client, (p) => p.user.findMany({ where: { posts: { some: { comments: { some: {} } } } } })),
      await warm(client, (p) => p.post.findMany({ orderBy: [{ author: { email: 'asc' } }, { id: 'asc' }] })),
      await warm(client, (p) => p.user.findMany({ select: { id: true, _count: true }, orderBy: { id: 'asc' } })),
      await warm(client, (p) => p.team.findMany({ include: { members: { orderBy: { id: 'asc' } } } })),
      await warm(client, (p) => p.user.findUnique({ where: { id: other.id }, select: { profile: true, teams: true } })),
      await warm(client, (p) => p.post.findFirst({ where: { title: 'two' } })),
      await warm(client, (p) => p.user.count()),
      await warm(client, (p) => p.team.count()),
    ]
    const two = await client.plain.post.findFirstOrThrow({ where: { title: 'two' } })
    for (const write of [
      () => prisma.user.update({ where: { id: other.id }, data: { posts: { connect: { id: two.id } } } }),
      () => prisma.post.update({ where: { id: two.id }, data: { author: { connect: { id: author.id } } } }),
      () => prisma.post.update({ where: { id: two.id }, data: { comments: { create: { text: 'd' } } } }),
      () => prisma.comment.updateMany({ data: { text: 'e' } }),
      () =>
        prisma.team.update({
          where: { id: team.id },
          data: { members: { connect: [{ id: other.id }, { id: author.id }] } },
        }),
      () => prisma.user.update({ where: { id: other.id }, data: { teams: { disconnect: { id: team.id } } } }),
      () => prisma.user.update({ where: { id: other.id }, data: { profile: { update: { bio: 'changed' } } } }),
      () =>
        prisma.user.update({
          where: { id: author.id },
          data: { posts: { updateMany: { where: {}, data: { views: 5 } } } },
        }),
      () => prisma.user.update({ where: { id: author.id }, data: { posts: { set: [] } } }),
      () =>
        prisma.post.upsert({
          where: { id: two.id },
          create: { title: 'x' },
          update: { author: { connectOrCreate: { where: { email: 'coc@x' }, create: { email: 'coc@x' } } } },
        }),
      () => prisma.post.update({ where: { id: two.id }, data: { author: { create: { email: 'nested@x' } } } }),
      () => prisma.user.update({ where: { id: author.id }, data: { teams: { create: { name: 'nested' } } } }),
      () => prisma.user.delete({ where: { id: other.id } }), // cascades to Profile, sets Post.authorId to NULL
      () => prisma.user.deleteMany({ where: { email: { in: ['coc@x', 'author@x'] } } }),
      () => prisma.post.delete({ where: { id: two.id } }),
    ]) {
      await write()
      for (const read of readers) await read()
      for (const read of readers) await read()
    }
  })

  test('a row whose primary key changes, under both its names', async () => {
    const client = extend(bench)
    const { prisma } = client
    await prisma.setting.create({ data: { scope: 'pk', key: 'old', value: 1 } })
    const old = () => prisma.setting.findUnique({ where: { scope_key: { scope: 'pk', key: 'old' } } })
    const fresh = () => prisma.setting.findUnique({ where: { scope_key: { scope: 'pk', key: 'new' } } })
    const filled = client.until('fill')
    expect([await old(), await fresh()]).toEqual([{ scope: 'pk', key: 'old', value: 1 }, null])
    await filled
    await prisma.setting.update({ where: { scope_key: { scope: 'pk', key: 'old' } }, data: { key: 'new' } })
    expect(await old()).toBeNull()
    expect(await fresh()).toEqual({ scope: 'pk', key: 'new', value: 1 })
  })

  test('a row that another unique key names, whose primary key changes', async () => {
    const client = extend(bench)
    const { prisma } = client
    const { id } = await prisma.user.create({ data: { email: 'moves@x' } })
    const old = () => prisma.user.findUnique({ where: { id } })
    const filled = client.until('fill')
    expect((await old())!.email).toBe('moves@x')
    await filled
    await prisma.user.update({ where: { email: 'moves@x' }, data: { id: id + 100_000 } })
    expect(await old()).toBeNull()
    expect((await prisma.user.findUnique({ where: { id: id + 100_000 } }))!.email).toBe('moves@x')
  })

  test('a write that fails leaves everything as it was', async () => {
    const client = extend(bench)
    const { prisma } = client
    await prisma.account.create({ data: { id: 'fail', owner: 'f', balance: 1 } })
    await expect(prisma.account.create({ data: { id: 'fail', owner: 'g', balance: 2 } })).rejects.toMatchObject({
      code: 'P2002',
    })
    await expect(prisma.account.update({ where: { id: 'nobody' }, data: { owner: 'x' } })).rejects.toMatchObject({
      code: 'P2025',
    })
    expect((await prisma.account.findUnique({ where: { id: 'fail' } }))!.owner).toBe('f')
    // The fence was released: the next write is alone and puts.
    await prisma.account.update({ where: { id: 'fail' }, data: { owner: 'h' } })
    client.events()
    expect((await prisma.account.findUnique({ where: { id: 'fail' } }))!.owner).toBe('h')
    expect(client.events()).toEqual(['hit:Account.findUnique'])
  })
})
