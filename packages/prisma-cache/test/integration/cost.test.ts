import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { Redis } from 'ioredis'
import { createKeys } from '../../src/protocol/keys.js'
import { verifyEpoch } from '../../src/store/epoch.js'
import { PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'
import { countOps } from './support/ops.js'

/** What an operation costs, in round trips and commands to Redis and in statements to Postgres. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

function counting(namespace = bench.namespace) {
  const redis = new Redis(bench.redisUrl)
  bench.onClose(async () => redis.disconnect())
  const plain = new PrismaClient({
    adapter: new PrismaPg({ connectionString: bench.databaseUrl }),
    log: [{ emit: 'event', level: 'query' }],
  })
  bench.onClose(() => plain.$disconnect())
  const client = extend(bench, { redis, plain: plain as unknown as ReturnType<Bench['plain']>, namespace })
  const ops = countOps(redis)
  let sql: string[] = []
  plain.$on('query', ({ query }) => void sql.push(query))
  function take() {
    const { trips, commands } = ops.take()
    const taken = { trips, redis: commands.map(named), sql: sql.length }
    sql = []
    return taken
  }
  return {
    ...client,
    plain,
    take,
    async expectOps(run: () => PromiseLike<unknown>, expected: ReturnType<typeof take>) {
      take()
      await run()
      expect(take()).toEqual(expected)
    },
  }
}

/** A script is sent by its hash. */
const named = (command: string) => (command === 'eval' ? 'evalsha' : command)

async function warm(client: ReturnType<typeof counting>, ask: () => PromiseLike<unknown>): Promise<void> {
  const filled = client.until('fill')
  await ask()
  await filled
}

test('a hit is one command, in one round trip, and no statement', async () => {
  const client = counting()
  const { prisma, plain } = client
  const user = await plain.user.create({ data: { email: 'hit@x', posts: { create: { title: 'p' } } } })
  await plain.account.create({ data: { id: 'hit', owner: 'o', balance: 1 } })
  for (const ask of [
    () => prisma.user.findUnique({ where: { id: user.id } }),
    () => prisma.user.findUnique({ where: { id: user.id }, include: { posts: true } }),
    () => prisma.user.findUnique({ where: { email: 'hit@x' } }),
    () => prisma.post.findMany({ where: { authorId: user.id }, orderBy: { id: 'asc' } }),
    () => prisma.post.count(),
    () => prisma.account.findUnique({ where: { id: 'hit' } }),
    () => prisma.account.findMany({ where: { owner: 'o' } }),
  ]) {
    await warm(client, ask)
    await client.expectOps(ask, { trips: 1, redis: ['mget'], sql: 0 })
  }
})

/** What each write sends that kills so many entries, once the versions that it replaces are there. */
async function writes(entries: number) {
  const namespace = `${bench.namespace}-${entries}`
  await verifyEpoch(bench.redis(), createKeys(namespace), 1) // no quarantine
  const client = counting(namespace)
  const { prisma, plain } = client
  const user = await plain.user.create({ data: { email: `w${entries}@x`, posts: { create: { title: 'p' } } } })
  const [post] = await plain.post.findMany({ where: { authorId: user.id } })
  const account = await plain.account.create({ data: { owner: 'w', balance: 1 } })
  const list = () => prisma.post.findMany({ where: { authorId: user.id } })
  const accounts = () => prisma.account.findMany({ where: { owner: 'w' } })
  const statements: Readonly<Record<string, (of: Extended) => PromiseLike<unknown>>> = {
    update: (of) => of.post.update({ where: { id: post!.id }, data: { title: 'new' } }),
    'update that moves': (of) => of.post.update({ where: { id: post!.id }, data: { authorId: user.id } }),
    updateMany: (of) => of.post.updateMany({ where: { authorId: user.id }, data: { title: 'all' } }),
    createMany: (of) => of.post.createMany({ data: [{ title: 'c', authorId: user.id }] }),
    nested: (of) => of.user.update({ where: { id: user.id }, data: { posts: { create: { title: 'n' } } } }),
    'raw SQL': (of) => of.$executeRaw`update "Post" set views = 1`,
    'by hand': (of) => of.$cache.invalidate('Post'),
    transaction: (of) => of.$transaction((tx) => tx.post.update({ where: { id: post!.id }, data: { views: 2 } })),
    'strong update': (of) => of.account.update({ where: { id: account.id }, data: { balance: 3 } }),
  }
  const costs: Record<string, { redis: readonly string[]; sql: number }> = {}
  for (const [name, write] of Object.entries(statements)) {
    await write(prisma)
    const ask = name === 'strong update' ? accounts : list
    await warm(client, ask)
    await copies(namespace, ask === list ? 'Post' : 'Account', entries)
    client.take()
    await write(prisma)
    // In how many trips is a matter of time: what is sent beside a statement is not waited for.
    const { redis, sql } = client.take()
    costs[name] = { redis, sql }
    client.events()
    await ask()
    expect(client.events()[0]).toMatch(/^miss:/)
    await client.prisma.$cache.invalidate('Post')
  }
  return costs
}

/** As many more answers as there are to be, under the stamps of the one that there is. */
async function copies(namespace: string, model: string, count: number): Promise<void> {
  const redis = bench.redis()
  const [entry] = await redis.keys(`${namespace}:a:${model}:*`)
  const text = (await redis.get(entry!))!
  const script = `for n = 1, ARGV[2] do redis.call('SET', KEYS[1] .. n, ARGV[1]) end`
  await redis.eval(script, 1, `${namespace}:a:${model}:copy`, text, count)
}

test('an invalidation costs the same over 10 entries and over 10,000', async () => {
  const few = await writes(10)
  expect(few).toEqual(await writes(10_000))
  for (const { redis } of Object.values(few)) expect(redis.length).toBeLessThanOrEqual(7)
})

test('nothing looks through the keys of Redis', () => {
  const source = path.resolve(import.meta.dirname, '../..')
  const files = ['lua', 'src'].flatMap((folder) =>
    readdirSync(path.join(source, folder), { recursive: true }).map((file) => path.join(source, folder, String(file))),
  )
  const texts = files
    .filter((file) => /\.(lua|ts)$/.test(file))
    .map((file) => [file, readFileSync(file, 'utf8')] as const)
  expect(texts.length).toBeGreaterThan(100)
  const looking =
    /redis\.call\(\s*['"](keys|scan)['"]|\bredis\.(keys|scan|scanStream)\(|\.call\(\s*['"](keys|scan)['"]/i
  expect(texts.filter(([, text]) => looking.test(text)).map(([file]) => file)).toEqual([])
})
