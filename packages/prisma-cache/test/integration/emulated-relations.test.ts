import { prismaCache } from 'prisma-cache'
import { policies } from '../prisma-emulated/generated/cache/index.js'
import { PrismaClient } from '../prisma-emulated/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { createSignal } from './support/gate.js'

/** `relationMode = "prisma"`, where Prisma does what foreign keys would, and what the client has as previews. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench({ folder: 'prisma-emulated', Client: PrismaClient as never })
})
afterAll(() => bench.close())

function extend() {
  const plain = bench.plain() as unknown as PrismaClient
  const prisma = plain.$extends(prismaCache({ policies, redis: bench.redisUrl, namespace: bench.namespace }))
  bench.onClose(() => prisma.$disconnect())
  let hits = 0
  let fills = 0
  prisma.$cache.on('hit', () => hits++)
  prisma.$cache.on('fill', () => fills++)
  return { plain, prisma: prisma as unknown as PrismaClient, hits: () => hits, fills: () => fills }
}

type Client = ReturnType<typeof extend>

const byId = { orderBy: { id: 'asc' } } as const
const READS: Readonly<Record<string, (of: PrismaClient) => PromiseLike<unknown>>> = {
  'a cursor': (of) => of.book.findMany({ ...byId, cursor: { id: 2 }, take: 2, skip: 1 }),
  'a cursor, backwards': (of) => of.book.findMany({ ...byId, cursor: { id: 3 }, take: -2 }),
  distinct: (of) => of.book.findMany({ distinct: ['kind'], orderBy: [{ kind: 'asc' }, { id: 'asc' }] }),
  'groupBy with having': (of) =>
    of.book.groupBy({
      by: ['kind'],
      where: { pages: { gte: 0 } },
      having: { pages: { _avg: { gt: 10 } } },
      _sum: { pages: true },
      _count: true,
      orderBy: { kind: 'asc' },
    }),
  aggregate: (of) => of.book.aggregate({ _sum: { pages: true }, _max: { title: true }, _count: { shelfId: true } }),
  'count of fields': (of) => of.note.count({ select: { _all: true, chapterId: true } }),
  'full text': (of) => of.book.findMany({ where: { title: { search: 'deep & sea' } }, ...byId }),
  'order by relevance': (of) =>
    of.book.findMany({
      orderBy: [{ _relevance: { fields: ['title'], search: 'sea', sort: 'desc' } }, { id: 'asc' }],
      select: { id: true, title: true },
    }),
  'a join': (of) =>
    of.shelf.findMany({
      relationLoadStrategy: 'join',
      ...byId,
      include: { books: { ...byId, include: { chapters: { ...byId, include: { notes: byId } } } } },
    }),
  'several queries': (of) =>
    of.shelf.findMany({
      relationLoadStrategy: 'query',
      ...byId,
      include: { books: { ...byId, include: { readers: byId } } },
    }),
  'a list on a row': (of) => of.shelf.findUnique({ where: { id: 1 }, include: { books: byId } }),
  'by key': (of) => of.book.findMany({ where: { shelfId: 1 }, ...byId }),
  'by no key': (of) => of.note.findMany({ where: { chapterId: null }, ...byId }),
  'every and none': (of) =>
    of.shelf.findMany({
      where: { books: { every: { pages: { gt: 0 } }, none: { chapters: { some: { title: 'x' } } } } },
      ...byId,
    }),
  'is and isNot': (of) =>
    of.book.findMany({
      where: { OR: [{ shelf: { is: { name: 'low' } } }, { NOT: { shelf: { isNot: null } } }] },
      ...byId,
    }),
  'ordered by a count': (of) => of.shelf.findMany({ orderBy: [{ books: { _count: 'desc' } }, { id: 'asc' }] }),
  'many to many': (of) =>
    of.reader.findMany({ ...byId, include: { _count: true, books: { ...byId, select: { title: true } } } }),
  omit: (of) => of.book.findMany({ ...byId, omit: { title: true } }),
  'a row': (of) => of.book.findUnique({ where: { id: 1 } }),
}

const WRITES: Readonly<Record<string, (of: PrismaClient) => PromiseLike<unknown>>> = {
  'createMany, of which some are there': (of) =>
    of.book.createMany({ data: [1, 11].map((id) => ({ id, title: 'deep again', shelfId: 1 })), skipDuplicates: true }),
  'createManyAndReturn, of which some are there': (of) =>
    of.book.createManyAndReturn({
      data: [11, 12].map((id) => ({ id, title: 'sea', kind: 'map' })),
      skipDuplicates: true,
      select: { id: true },
    }),
  updateManyAndReturn: (of) =>
    of.book.updateManyAndReturn({ where: { shelfId: 1 }, data: { pages: { increment: 5 } }, select: { id: true } }),
  'updateManyAndReturn that moves': (of) =>
    of.book.updateManyAndReturn({ where: { kind: 'map' }, data: { shelfId: 2 } }),
  'update that moves': (of) => of.book.update({ where: { id: 1 }, data: { shelfId: 2 } }),
  'update of a key that others refer to': (of) => of.book.update({ where: { id: 2 }, data: { id: 20 } }),
  'update back': (of) => of.book.update({ where: { id: 20 }, data: { id: 2 }, include: { chapters: true } }),
  'updateMany of a key': (of) => of.chapter.updateMany({ where: { id: 30 }, data: { id: 31 } }),
  'nested, three levels': (of) =>
    of.shelf.update({
      where: { id: 2 },
      data: {
        books: {
          update: {
            where: { id: 1 },
            data: { chapters: { create: { id: 40, title: 'x', notes: { create: { id: 40, text: 't' } } } } },
          },
        },
      },
    }),
  'set, connect and disconnect': (of) =>
    of.book.update({
      where: { id: 1 },
      data: { readers: { set: [], connect: [{ id: 2 }] }, shelf: { disconnect: true } },
    }),
  connectOrCreate: (of) =>
    of.book.update({
      where: { id: 1 },
      data: { shelf: { connectOrCreate: { where: { id: 9 }, create: { id: 9, name: 'nine' } } } },
    }),
  upsert: (of) => of.book.upsert({ where: { id: 50 }, create: { id: 50, title: 'deep sea', shelfId: 1 }, update: {} }),
  'upsert again': (of) =>
    of.book.upsert({ where: { id: 50 }, create: { id: 50, title: '' }, update: { kind: 'poem' } }),
  'deleteMany of a few': (of) => of.note.deleteMany({ where: { text: 't' }, limit: 1 }),
  'delete over three levels, which sets null at the last': (of) => of.shelf.delete({ where: { id: 1 } }),
  'deleteMany with children': (of) => of.book.deleteMany({ where: { id: 2 } }),
  'delete of one of many': (of) => of.reader.delete({ where: { id: 1 } }),
}

async function rows(plain: PrismaClient): Promise<void> {
  for (const name of ['low', 'high']) await plain.shelf.create({ data: { id: name === 'low' ? 1 : 2, name } })
  for (const id of [1, 2, 3]) await plain.reader.create({ data: { id, name: `r${id}` } })
  for (const [id, title, shelfId] of [
    [1, 'the deep sea', 1],
    [2, 'the sky', 2],
    [3, 'a sea of trees', 1],
  ] as const) {
    const chapters = { create: { id: id * 10, title: `c${id}`, notes: { create: { id: id * 10, text: 'n' } } } }
    const readers = { connect: [{ id: 1 }, { id }] }
    await plain.book.create({
      data: { id, title, shelfId, pages: id * 10, kind: id === 2 ? 'essay' : 'novel', chapters, readers },
    })
  }
}

/** Asks until everything is in the cache; each answer is the database's. @returns how many were hits at once */
async function ask(client: Client): Promise<number> {
  const before = client.hits()
  for (const [name, read] of Object.entries(READS)) {
    expect({ [name]: await read(client.prisma) }).toEqual({ [name]: await read(client.plain) })
  }
  return client.hits() - before
}

test('every form of read, after every form of write', async () => {
  const client = extend()
  await rows(client.plain)
  const count = Object.keys(READS).length
  await ask(client)
  let hits = 0
  for (const [name, write] of Object.entries(WRITES)) {
    while ((await ask(client)) < count) await new Promise(setImmediate)
    await Promise.resolve(write(client.prisma)).catch((error: unknown) => {
      throw new Error(name, { cause: error })
    })
    hits += await ask(client)
  }
  expect(hits).toBeGreaterThan(Object.keys(WRITES).length)
})

test('updateMany, for which Prisma reads the rows first: one that somebody moves meanwhile is told in the list that it is in', async () => {
  const client = extend()
  const other = extend()
  const { plain } = client
  for (const id of [101, 102]) await plain.shelf.create({ data: { id, name: `s${id}` } })
  await plain.book.create({ data: { id: 101, title: 'm', shelfId: 101 } })
  const list = (of: PrismaClient) => of.book.findMany({ where: { shelfId: 102 } })
  await list(client.prisma)
  const moved = createSignal()
  const commit = createSignal()
  const moving = other.prisma.$transaction(async (tx) => {
    await tx.book.update({ where: { id: 101 }, data: { shelfId: 102 } })
    moved.give()
    await commit.given
  })
  await moved.given
  const written = createSignal()
  const end = createSignal()
  const writing = client.prisma.$transaction(async (tx) => {
    await tx.book.updateMany({ where: { shelfId: 101 }, data: { pages: 7 } })
    written.give()
    await end.given
  })
  for (let waiting = 0n; waiting === 0n; ) {
    const [row] = await plain.$queryRaw<{ n: bigint }[]>`
      select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    waiting = row!.n
  }
  commit.give()
  await moving
  await written.given
  const fills = client.fills()
  expect(await list(client.prisma)).toMatchObject([{ pages: 0 }])
  while (client.fills() === fills) await new Promise(setImmediate)
  end.give()
  await writing
  expect(await list(client.prisma)).toEqual(await list(plain))
})

test('a write that is refused, of which Prisma has written a part: what follows the row is changed already, and told', async () => {
  const client = extend()
  const { plain, prisma } = client
  for (const id of [201, 202]) await plain.shelf.create({ data: { id, name: `s${id}` } })
  await plain.book.create({ data: { id: 201, title: 'left behind', shelfId: 201 } })
  const lists = (of: PrismaClient) => Promise.all([201, 203].map((shelfId) => of.book.findMany({ where: { shelfId } })))
  for (let hits = -1; hits < 2; ) {
    const before = client.hits()
    expect(await lists(prisma)).toEqual(await lists(plain))
    hits = client.hits() - before
  }
  const taken = { id: 203, name: 's202' }
  await expect(prisma.shelf.update({ where: { id: 201 }, data: taken })).rejects.toMatchObject({ code: 'P2002' })
  expect((await plain.book.findUnique({ where: { id: 201 } }))!.shelfId).toBe(203)
  expect(await lists(prisma)).toEqual(await lists(plain))
})
