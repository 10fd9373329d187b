import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'
import { createGates } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const where = (id: string) => ({ where: { id } })

type Tx = Parameters<Parameters<Extended['$transaction']>[0]>[0]

test('after COMMIT the rows are hits; during it nobody else sees them', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'tx-a', owner: 'a', balance: 10 } })
  await prisma.account.create({ data: { id: 'tx-b', owner: 'b', balance: 0 } })
  await prisma.$transaction(async (tx) => {
    await tx.account.update({ ...where('tx-a'), data: { balance: { decrement: 4 } } })
    await tx.account.update({ ...where('tx-b'), data: { balance: { increment: 4 } } })
    expect(Number((await tx.account.findUnique(where('tx-a')))!.balance)).toBe(6)
    expect(Number((await prisma.account.findUnique(where('tx-a')))!.balance)).toBe(10)
    expect(Number((await prisma.account.findUnique(where('tx-a')))!.balance)).toBe(10)
  })
  client.events()
  expect(Number((await prisma.account.findUnique(where('tx-a')))!.balance)).toBe(6)
  expect(Number((await prisma.account.findUnique(where('tx-b')))!.balance)).toBe(4)
  expect(client.events()).toEqual(['hit:Account.findUnique', 'hit:Account.findUnique'])
})

test('a transaction reads its own writes and never the cache, and what it reads is not cached', async () => {
  const client = extend(bench)
  const { prisma } = client
  await client.plain.team.createMany({
    data: [
      { id: 20, name: 'committed' },
      { id: 21, name: 'unread' },
    ],
  })
  const filled = client.until('fill')
  await prisma.team.findUnique({ where: { id: 20 } })
  await filled
  await expect(
    prisma.$transaction(async (tx) => {
      await tx.$executeRaw`update "Team" set name = 'own'`
      client.events()
      for (const id of [20, 21, 20]) expect((await tx.team.findUnique({ where: { id } }))!.name).toBe('own')
      expect(await tx.team.count({ where: { name: 'own', id: { in: [20, 21] } } })).toBe(2)
      expect(client.events()).toEqual([
        ...Array(3).fill('bypass:Team.findUnique(transaction)'),
        'bypass:Team.count(transaction)',
      ])
      throw new Error('never mind')
    }),
  ).rejects.toThrow('never mind')
  expect((await prisma.team.findUnique({ where: { id: 20 } }))!.name).toBe('committed')
  expect((await prisma.team.findUnique({ where: { id: 21 } }))!.name).toBe('unread')
})

test('after ROLLBACK nothing was published, and no phantom is left', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.team.create({ data: { id: 10, name: 'before' } })
  const filled = client.until('fill')
  await prisma.team.findUnique({ where: { id: 10 } })
  await filled
  await expect(
    prisma.$transaction(async (tx) => {
      await tx.account.create({ data: { id: 'phantom', owner: 'p', balance: 1 } })
      await tx.account.findUnique(where('phantom'))
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  client.events()
  expect(await prisma.account.findUnique(where('phantom'))).toBeNull()
  expect(client.events().filter((event) => event.startsWith('publish'))).toEqual([])
})

test('a write by the root client inside the callback is published though the transaction rolls back', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'root', owner: 'r', balance: 1 } })
  await prisma.account.findUnique(where('root'))
  await expect(
    prisma.$transaction(async (tx) => {
      await tx.team.create({ data: { name: 'gone' } })
      await prisma.account.update({ ...where('root'), data: { owner: 'changed' } })
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  expect((await prisma.account.findUnique(where('root')))!.owner).toBe('changed')
})

test('the transaction’s client handed to a function outside its async scope still belongs to it', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'handed', owner: 'h', balance: 1 } })
  let hand: (tx: unknown) => void = () => {}
  const handed = new Promise<unknown>((resolve) => {
    hand = resolve
  })
  const outside = handed.then((tx) =>
    (tx as typeof prisma).account.update({ ...where('handed'), data: { owner: 'outside' } }),
  )
  await prisma.$transaction(async (tx) => {
    hand(tx)
    await outside
    expect((await prisma.account.findUnique(where('handed')))!.owner).toBe('h')
  })
  expect((await prisma.account.findUnique(where('handed')))!.owner).toBe('outside')
})

test('the array form publishes when all are committed, and nothing when one fails', async () => {
  const client = extend(bench)
  const { prisma } = client
  const filled = client.until('fill')
  await prisma.team.findMany()
  await filled
  const [made, count] = await prisma.$transaction([
    prisma.team.create({ data: { id: 30, name: 'array' } }),
    prisma.team.count({ where: { id: 30 } }),
  ])
  expect([made.name, count]).toEqual(['array', 1])
  expect(await prisma.team.findMany({ where: { id: 30 } })).toEqual([made])
  await expect(
    prisma.$transaction([
      prisma.team.update({ where: { id: 30 }, data: { name: 'lost' } }),
      prisma.team.create({ data: { id: 30, name: 'twice' } }),
    ]),
  ).rejects.toMatchObject({ code: 'P2002' })
  expect(await prisma.team.findUnique({ where: { id: 30 } })).toEqual(made)
})

test('no row of an array is kept that was rolled back because of a later statement', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'arr', owner: 'stands', balance: 1 } })
  const nobody = prisma.profile.create({ data: { bio: 'of nobody', userId: -1 } })
  const phantom = prisma.account.update({ ...where('arr'), data: { owner: 'phantom' } })
  await expect(prisma.$transaction([phantom, nobody])).rejects.toMatchObject({ code: 'P2003' })
  expect((await prisma.account.findUnique(where('arr')))!.owner).toBe('stands')
})

test('nothing of an array is written when Prisma refuses one of its statements', async () => {
  const gates = createGates()
  const { prisma, plain } = extend(bench, { gates })
  const fine = prisma.account.create({ data: { id: 'alone', owner: 'a', balance: 1 } })
  const refused = prisma.team.findMany({ select: { nothing: true } as object })
  await expect(prisma.$transaction([fine, refused])).rejects.toMatchObject({ name: 'PrismaClientValidationError' })
  expect(await plain.account.findUnique(where('alone'))).toBeNull()
  expect(gates.count('Account.create')).toBe(1)
})

test('a savepoint that is rolled back takes its rows with it', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'sp', owner: 'outer', balance: 1 } })
  await prisma.$transaction(async (tx) => {
    await tx.account.update({ ...where('sp'), data: { owner: 'kept' } })
    await (tx as unknown as typeof prisma)
      .$transaction(async (inner) => {
        await inner.account.update({ ...where('sp'), data: { owner: 'undone' } })
        throw new Error('back to the savepoint')
      })
      .catch(() => {})
  })
  expect((await prisma.account.findUnique(where('sp')))!.owner).toBe('kept')
  expect(await prisma.account.findUnique(where('sp'))).toEqual(await client.plain.account.findUnique(where('sp')))
})

test.each([
  ['a write', (tx: Tx) => tx.profile.create({ data: { bio: 'of nobody', userId: -1 } })],
  ['a read', (tx: Tx) => tx.plain.aggregate({ _max: { uuid: true } })],
  ['raw SQL', (tx: Tx) => tx.$queryRaw`select 1/0`],
])('no row of a transaction is kept that committed over a failed statement: %s', async (_, fail) => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.upsert({ ...where('sw'), create: { id: 'sw', owner: 'stands', balance: 1 }, update: {} })
  await prisma.$transaction(async (tx) => {
    await tx.account.update({ ...where('sw'), data: { owner: 'phantom' } })
    await Promise.resolve(fail(tx)).catch(() => {})
  })
  expect(await prisma.account.findUnique(where('sw'))).toEqual(await client.plain.account.findUnique(where('sw')))
})

test('a transaction that times out is rolled back and leaves the cache right', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.account.create({ data: { id: 'late', owner: 'l', balance: 1 } })
  await expect(
    prisma.$transaction(
      async (tx) => {
        await tx.account.update({ ...where('late'), data: { owner: 'too late' } })
        await tx.$queryRaw`select pg_sleep(1)::text`
      },
      { timeout: 200 },
    ),
  ).rejects.toMatchObject({ code: 'P2028' })
  expect((await prisma.account.findUnique(where('late')))!.owner).toBe('l')
})

test('parallel operations on one transaction', async () => {
  const client = extend(bench)
  const { prisma } = client
  await prisma.$transaction(async (tx) => {
    await Promise.all([1, 2, 3].map((n) => tx.account.create({ data: { id: `par-${n}`, owner: 'p', balance: n } })))
    await Promise.all([1, 2, 3].map((n) => tx.account.update({ ...where('par-1'), data: { version: n } })))
  })
  expect(await prisma.account.findUnique(where('par-1'))).toEqual(await client.plain.account.findUnique(where('par-1')))
})
