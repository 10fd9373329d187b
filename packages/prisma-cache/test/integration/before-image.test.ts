import { type Bench, createBench } from './support/bench.js'
import { type ExtendOptions, extend } from './support/extended.js'
import { createGates, createSignal, start } from './support/gate.js'

/** What a row was before a write, by which the lists are known that it has left. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

type Client = ReturnType<typeof extend>

let next = 0
/** Three authors, of whom the first has a post. */
async function authors(options: ExtendOptions = {}) {
  const client = extend(bench, options)
  const { prisma, plain } = client
  const user = (name: string) => plain.user.create({ data: { email: `${name}${next++}@before` } })
  const [ada, bob, cyd] = [await user('ada'), await user('bob'), await user('cyd')]
  const post = await plain.post.create({ data: { title: 'p', authorId: ada.id } })
  const list = (authorId: number, of = prisma) => of.post.findMany({ where: { authorId }, orderBy: { id: 'asc' } })
  return { client, ada, bob, cyd, post, list }
}

async function ask(client: Client, question: () => PromiseLike<unknown>): Promise<readonly string[]> {
  client.events()
  await question()
  return client.events()
}

/** Asks until it is a hit. */
async function warm(client: Client, ...questions: (() => PromiseLike<unknown>)[]): Promise<void> {
  for (const question of questions) {
    const filled = client.until('fill')
    if ((await ask(client, question)).some((event) => event.startsWith('miss:'))) await filled
    expect(await ask(client, question)).toEqual([expect.stringMatching(/^hit:/)])
  }
}

const isHit = async (client: Client, question: () => PromiseLike<unknown>) =>
  (await ask(client, question)).every((event) => event.startsWith('hit:'))

const MOVES: [string, (client: Client['prisma'], id: number, to: number) => PromiseLike<unknown>][] = [
  ['an id', (client, id, authorId) => client.post.update({ where: { id }, data: { authorId } })],
  [
    'a connect',
    (client, id, to) =>
      client.post.update({ where: { id }, data: { author: { connect: { id: to } } }, select: { title: true } }),
  ],
  [
    'an id in a transaction',
    (client, id, authorId) => client.$transaction((tx) => tx.post.update({ where: { id }, data: { authorId } })),
  ],
]

test.each(MOVES)(
  'a row that moves, by %s, leaves the lists of others alone; what it was is in the cache',
  async (_, move) => {
    const { client, ada, bob, cyd, post, list } = await authors()
    await warm(client, () => client.prisma.post.findUnique({ where: { id: post.id } }))
    await warm(
      client,
      ...[ada, bob, cyd].map(
        ({ id }) =>
          () =>
            list(id),
      ),
    )
    await move(client.prisma, post.id, bob.id)
    expect(await isHit(client, () => list(cyd.id))).toBe(true)
    expect(await list(ada.id)).toEqual([])
    expect(await list(bob.id)).toHaveLength(1)
  },
)

test('a row that moves leaves the lists of others alone; what it was is asked of the database', async () => {
  const { client, ada, bob, cyd, post, list } = await authors()
  await warm(
    client,
    ...[ada, bob, cyd].map(
      ({ id }) =>
        () =>
          list(id),
    ),
  )
  await client.prisma.post.update({ where: { id: post.id, title: 'p' }, data: { authorId: bob.id } })
  expect(await isHit(client, () => list(cyd.id))).toBe(true)
  expect(await list(ada.id)).toEqual([])
  expect(await list(bob.id)).toHaveLength(1)
})

test.each(MOVES)('a cached row that is not true any more misleads nobody: by %s', async (_, move) => {
  const { client, ada, bob, cyd, post, list } = await authors()
  await warm(client, () => client.prisma.post.findUnique({ where: { id: post.id } }))
  await client.plain.post.update({ where: { id: post.id }, data: { authorId: bob.id } })
  await warm(
    client,
    ...[ada, bob, cyd].map(
      ({ id }) =>
        () =>
          list(id),
    ),
  )
  await move(client.prisma, post.id, cyd.id)
  expect(await list(ada.id)).toEqual([])
  expect(await list(bob.id)).toEqual([])
  expect(await list(cyd.id)).toHaveLength(1)
})

test('somebody moves the row between the look at it and the update: both lists that it was in are told', async () => {
  const gates = createGates()
  const { client, ada, bob, cyd, post, list } = await authors({ gates })
  const other = extend(bench)
  await warm(
    client,
    ...[ada, bob, cyd].map(
      ({ id }) =>
        () =>
          list(id),
    ),
  )
  const gate = gates.hold('Post.update', 'before')
  const moving = start(client.prisma.post.update({ where: { id: post.id }, data: { authorId: cyd.id } }))
  await gate.arrived
  await other.prisma.post.update({ where: { id: post.id }, data: { authorId: bob.id } })
  await warm(client, () => list(bob.id))
  gate.open()
  await moving
  // Once as it was believed to be, once as it is.
  expect(gates.count('Post.update')).toBe(2)
  expect(await list(bob.id)).toEqual([])
  expect(await list(ada.id)).toEqual([])
  expect(await list(cyd.id)).toHaveLength(1)
})

test('a row that is not there: the error is Prisma’s own, and nothing is touched', async () => {
  const { client, ada, list } = await authors()
  await warm(client, () => list(ada.id))
  const gone = client.prisma.post.update({ where: { id: -1 }, data: { authorId: ada.id } })
  await expect(gone).rejects.toMatchObject({ code: 'P2025' })
  expect(await isHit(client, () => list(ada.id))).toBe(true)
})

/** Prisma reads the row, then writes it by its key; a transaction that holds the row makes it wait in between. */
const READ_FIRST: [string, (client: Client['prisma'], id: number, ada: number) => PromiseLike<unknown>][] = [
  ['delete with a relation', (tx, id) => tx.post.delete({ where: { id }, include: { author: true } })],
  [
    'a disconnect that pins the field',
    (tx, id, authorId) => tx.post.update({ where: { id, authorId }, data: { author: { disconnect: true } } }),
  ],
  [
    'updateMany of a few',
    (tx, _, authorId) => tx.post.updateMany({ where: { authorId }, data: { authorId: null }, limit: 1 }),
  ],
  ['deleteMany of a few', (tx, _, authorId) => tx.post.deleteMany({ where: { authorId }, limit: 1 })],
]

test.each(READ_FIRST)(
  '%s, of a row that somebody moves meanwhile: the list that it really leaves is told',
  async (_, write) => {
    const { client, ada, bob, post, list } = await authors()
    const other = extend(bench)
    await warm(client, () => list(bob.id))
    const moved = createSignal()
    const commit = createSignal()
    const moving = other.prisma.$transaction(async (tx) => {
      await tx.post.update({ where: { id: post.id, authorId: ada.id }, data: { authorId: bob.id } })
      moved.give()
      await commit.given
    })
    await moved.given
    const written = createSignal()
    const end = createSignal()
    const writing = client.prisma.$transaction(async (tx) => {
      await write(tx as unknown as Client['prisma'], post.id, ada.id)
      written.give()
      await end.given
    })
    await blocked(client)
    commit.give()
    await moving
    await written.given
    // Committed by the one, not yet by the other.
    await warm(client, () => list(bob.id))
    end.give()
    await writing
    expect(await list(bob.id)).toEqual(await list(bob.id, client.plain as unknown as Client['prisma']))
  },
)

/** Until somebody waits for the lock of another. */
async function blocked({ plain }: Client): Promise<void> {
  for (;;) {
    const [row] = await plain.$queryRaw<{ n: bigint }[]>`
      select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (row!.n > 0n) return
  }
}
