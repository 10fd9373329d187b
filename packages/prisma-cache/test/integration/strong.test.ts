import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createKeys } from '../../src/protocol/keys.js'
import type { Tag } from '../../src/protocol/tag.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'
import { withPolicies } from './support/policies.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const LEASE_MS = 30_000
const account = (row: string): Tag => ({ kind: 'row', model: 'Account', row })

/** Starts a writer that holds still between its COMMIT and its publication, and kills it there. */
async function killAfterCommit(settings: object): Promise<void> {
  const { databaseUrl, redisUrl, namespace } = bench
  const support = path.resolve(import.meta.dirname, 'support')
  const child = fork(path.join(support, 'strong-writer-child.mjs'), {
    env: {
      ...process.env,
      WRITER_CHILD: JSON.stringify({ databaseUrl, redisUrl, namespace, lease: LEASE_MS, ...settings }),
    },
    execArgv: ['--import', path.join(support, 'ts-loader.mjs')],
  })
  await new Promise<void>((resolve, reject) => {
    child.on('message', () => resolve())
    child.on('exit', (code) => reject(new Error(`the child exited with ${code}`)))
  })
  child.removeAllListeners('exit')
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

describe('H5: a writer that is killed between COMMIT and publication', () => {
  test.each([
    ['a statement', false],
    ['a transaction', true],
  ])('%s: no strong read is of before it, while its fence stands and after', async (name, inTransaction) => {
    const reader = extend(bench)
    const redis = bench.redis()
    const { fence } = createKeys(bench.namespace).tag(account(name))
    const where = { id: name }
    await reader.prisma.account.create({ data: { ...where, owner: 'old', balance: 1 } })
    const list = () => reader.prisma.account.findMany({ where: { id: name }, select: { owner: true } })
    const filled = reader.until('fill')
    expect(await list()).toEqual([{ owner: 'old' }])
    await filled
    expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('old')
    reader.events()

    await killAfterCommit({ model: 'account', where, data: { owner: 'new' }, inTransaction })
    expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('new')
    expect(await list()).toEqual([{ owner: 'new' }])
    expect(await redis.exists(fence)).toBe(1) // the above was read under it
    expect(reader.events()).toEqual(['bypass:Account.findUnique(fenced)', 'bypass:Account.findMany(fenced)'])
    // Its lease ends.
    const { tag } = createKeys(bench.namespace)
    const fences = [account(name), { kind: 'wide', model: 'Account' }, { kind: 'table', model: 'Account' }] as const
    await redis.del(...fences.map((one) => tag(one).fence))
    expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('new')
    expect(await list()).toEqual([{ owner: 'new' }])
    expect(reader.events()).not.toContain('hit:Account.findUnique')
  })
})

test('the fence of a transaction outlives its lease as long as the transaction lasts', async () => {
  const lease = 200
  const writer = extend(bench, { lease })
  const reader = extend(bench)
  const redis = bench.redis()
  const { fence } = createKeys(bench.namespace).tag(account('long'))
  const where = { id: 'long' }
  await reader.prisma.account.create({ data: { ...where, owner: 'old', balance: 1 } })
  await writer.prisma.$transaction(
    async (tx) => {
      await tx.account.update({ where, data: { owner: 'new' } })
      const first = (await redis.get(fence))!
      const ends = Number(/:(\d+);/.exec(first)![1])
      const now = async () =>
        Math.floor(Number((await redis.time())[0]) * 1000 + Number((await redis.time())[1]) / 1000)
      while ((await now()) < ends + lease * 2);
      reader.events()
      expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('old')
      expect(reader.events()).toEqual(['bypass:Account.findUnique(fenced)'])
    },
    { timeout: 20_000 },
  )
  expect((await reader.prisma.account.findUnique({ where }))!.owner).toBe('new')
})

test('two transactions that overlap on a row: neither puts it, whichever commits first', async () => {
  for (const order of ['outer first', 'inner first']) {
    const one = extend(bench)
    const two = extend(bench)
    const where = { id: `overlap ${order}` }
    const other = { id: `other ${order}` }
    for (const { id } of [where, other]) await one.prisma.account.create({ data: { id, owner: 'start', balance: 1 } })
    let commit: () => void = () => {}
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve
    })
    let fenced: () => void = () => {}
    const isFenced = new Promise<void>((resolve) => {
      fenced = resolve
    })
    // The outer one fences every row and locks one of them: else the inner one would wait for its COMMIT.
    const outer = one.prisma.$transaction(async (tx) => {
      await tx.account.updateMany({ where: { id: { in: [other.id] } }, data: { owner: 'outer' } })
      fenced()
      await mayCommit
    })
    await isFenced
    if (order === 'outer first') {
      const inner = two.prisma.$transaction(async (tx) => {
        await tx.account.update({ where, data: { owner: 'inner' } })
        commit()
        await outer
      })
      await inner
    } else {
      await two.prisma.$transaction((tx) => tx.account.update({ where, data: { owner: 'inner' } }))
      commit()
      await outer
    }
    for (const { id } of [where, other]) {
      const truth = await one.plain.account.findUnique({ where: { id } })
      for (const { prisma } of [one, two]) expect(await prisma.account.findUnique({ where: { id } })).toEqual(truth)
    }
  }
})

describe('a fence covers whatever a write reaches', () => {
  const strong = withPolicies({
    User: ['writeThrough', { ttl: 600_000, consistency: 'strong' }],
    Post: ['writeThrough', { ttl: 600_000, consistency: 'strong' }],
    Profile: ['writeThrough', { ttl: 600_000, consistency: 'strong' }],
  })
  let next = 0

  const writes: [string, string, (prisma: Extended, id: number) => PromiseLike<unknown>][] = [
    [
      'a nested update',
      'User.update',
      (prisma, id) =>
        prisma.user.update({ where: { id }, data: { posts: { update: { where: { id }, data: { title: 'new' } } } } }),
    ],
    [
      'a nested updateMany',
      'User.update',
      (prisma, id) =>
        prisma.user.update({ where: { id }, data: { posts: { updateMany: { where: {}, data: { title: 'new' } } } } }),
    ],
    [
      'a nested upsert, two levels down',
      'Profile.update',
      (prisma, id) =>
        prisma.profile.update({
          where: { id },
          data: {
            user: {
              update: {
                posts: { upsert: { where: { id }, create: { title: 'none' }, update: { title: 'new' } } },
              },
            },
          },
        }),
    ],
    [
      'updateMany',
      'Post.updateMany',
      (prisma, id) => prisma.post.updateMany({ where: { id }, data: { title: 'new' } }),
    ],
    [
      'updateManyAndReturn',
      'Post.updateManyAndReturn',
      (prisma, id) => prisma.post.updateManyAndReturn({ where: { authorId: id }, data: { title: 'new' } }),
    ],
    ['raw SQL', '$executeRaw', (prisma, id) => prisma.$executeRaw`update "Post" set title = 'new' where id = ${id}`],
  ]
  test.each(writes)('%s', async (_, operation, write) => {
    const gates = createGates()
    const writer = extend(bench, { gates, policies: strong })
    const reader = extend(bench, { policies: strong })
    const id = ++next
    await reader.plain.user.create({
      data: { id, email: `s${id}@x`, profile: { create: { id, bio: 'b' } }, posts: { create: { id, title: 'old' } } },
    })
    const row = async () => (await reader.prisma.post.findUnique({ where: { id } }))?.title
    const list = async () => (await reader.prisma.post.findMany({ where: { authorId: id } })).map(({ title }) => title)
    const through = async () =>
      (await reader.prisma.user.findUnique({ where: { id }, include: { posts: true } }))!.posts.map(
        ({ title }) => title,
      )
    for (const ask of [row, list, through]) {
      const filled = reader.until('fill')
      await ask()
      await filled
    }
    const committed = gates.hold(operation, 'after')
    const writing = start(write(writer.prisma, id))
    await committed.arrived
    reader.events()
    expect([await row(), await list(), await through()]).toEqual(['new', ['new'], ['new']])
    expect(reader.events().map((text) => text.replace(/.*\(/, '('))).toEqual(['(fenced)', '(fenced)', '(fenced)'])
    committed.open()
    await writing
    expect([await row(), await list(), await through()]).toEqual(['new', ['new'], ['new']])
  })

  test('a deletion that the database carries on to other models', async () => {
    const gates = createGates()
    const writer = extend(bench, { gates, policies: strong })
    const reader = extend(bench, { policies: strong })
    const id = ++next
    await reader.plain.user.create({ data: { id, email: `s${id}@x`, profile: { create: { id, bio: 'b' } } } })
    const filled = reader.until('fill')
    expect(await reader.prisma.profile.findUnique({ where: { id } })).not.toBeNull()
    await filled
    const committed = gates.hold('User.delete', 'after')
    const writing = start(writer.prisma.user.delete({ where: { id } }))
    await committed.arrived
    expect(await reader.prisma.profile.findUnique({ where: { id } })).toBeNull()
    committed.open()
    await writing
    expect(await reader.prisma.profile.findUnique({ where: { id } })).toBeNull()
  })
})
