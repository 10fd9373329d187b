import type { Redis } from 'ioredis'
import { cache, type FieldPolicies, type PolicySet } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const OMIT: Record<string, string[]> = {
  User: ['name'], // invalidate, included by Post
  Team: ['name'],
  Setting: ['value'], // write-through
  Counter: ['label'], // write-behind
}

const set = policies as PolicySet
const omitting: PolicySet = {
  ...set,
  models: Object.fromEntries(
    Object.entries(set.models).map(([name, entry]) => {
      const fieldPolicies: FieldPolicies = { omit: OMIT[name] ?? [], scope: [] }
      return [name, { ...entry, fieldPolicies }]
    }),
  ),
}

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies: omitting,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

const SECRET = 'sEcReT-47-'

/** Everything that Redis holds of this namespace, as one text. */
async function dump(redis: Redis): Promise<string> {
  const keys = await redis.keys(`*${bench.namespace}*`)
  return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await contentOf(redis, key)])))
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return await redis.get(key)
    case 'hash':
      return await redis.hgetall(key)
    case 'zset':
      return await redis.zrange(key, 0, '-1')
    case 'list':
      return await redis.lrange(key, 0, -1)
    case 'set':
      return await redis.smembers(key)
    case 'stream':
      return await redis.xrange(key, '-', '+')
    case 'none':
      return undefined // gone meanwhile
    default:
      throw new TypeError(`${key} is of a type that is not looked into`)
  }
}

test('after all operations, and a rejected write, not one byte of the fields is in Redis or in an event', async () => {
  const { prisma, plain } = extend(bench, { policies: omitting })
  const redis = bench.redis()
  const told: unknown[] = []
  for (const name of ['hit', 'miss', 'bypass', 'fill', 'direct', 'accept', 'reject', 'publish'] as const) {
    prisma.$cache.on(name, (event) => void told.push(event))
  }
  const secret = (n: number | string) => `${SECRET}${n}`
  let n = 0
  const next = () => secret(++n)
  const id = (await prisma.user.create({ data: { email: 'a@x', name: next(), posts: { create: { title: 'p' } } } })).id
  const where = { id }
  const settings = { scope: 's', key: 'k' }
  const bySetting = { where: { scope_key: settings } }
  await prisma.setting.create({ data: { ...settings, value: next() } })
  await prisma.counter.create({ data: { id: 'c', label: next() } })
  await plain.$executeRawUnsafe(`alter table "Counter" add constraint positive check (hits >= 0)`)

  const writes: (() => PromiseLike<unknown>)[] = [
    () => prisma.user.create({ data: { email: `${next()}@x`.toLowerCase(), name: next() }, select: { id: true } }),
    () => prisma.user.createMany({ data: [{ email: 'many@x', name: next() }] }),
    () => prisma.user.createManyAndReturn({ data: [{ email: 'return@x', name: next() }] }),
    () => prisma.user.update({ where, data: { name: next() } }),
    () => prisma.user.updateMany({ where: { name: { startsWith: secret(n) } }, data: { name: next() } }),
    () => prisma.user.updateManyAndReturn({ where, data: { name: next() } }),
    () => prisma.user.upsert({ where, create: { email: 'up@x', name: next() }, update: { name: next() } }),
    () => prisma.user.deleteMany({ where: { email: 'many@x', name: { not: next() } } }),
    () => prisma.user.delete({ where: { email: 'return@x' } }),
    () => prisma.setting.update({ ...bySetting, data: { value: next() } }),
    () => prisma.setting.update({ ...bySetting, data: { value: { deep: [next()] } }, select: { key: true } }),
    () => prisma.setting.upsert({ ...bySetting, create: { ...settings, value: 1 }, update: { value: next() } }),
    () => prisma.$transaction((tx) => tx.setting.update({ ...bySetting, data: { value: next() } })),
    () => prisma.counter.update({ where: { id: 'c' }, data: { label: next(), hits: 1 } }),
    () => prisma.counter.update({ where: { id: 'c' }, data: { hits: { increment: 1 } }, select: { hits: true } }),
    () => prisma.counter.upsert({ where: { id: 'd' }, create: { id: 'd', label: next() }, update: {} }),
    () => prisma.counter.update({ where: { id: 'd' }, data: { note: 'pending' }, select: { id: true, note: true } }),
    () => prisma.$executeRaw`update "User" set name = ${next()} where id = ${id}`,
  ]
  const reads: (<P extends typeof prisma>(p: P) => PromiseLike<unknown>)[] = [
    (p) => p.user.findUnique({ where }),
    (p) => p.user.findUniqueOrThrow({ where, omit: { email: true } }),
    (p) => p.user.findFirst({ where: { name: secret(n) } }),
    (p) => p.user.findFirstOrThrow({ select: { name: true }, where: { name: { not: null } } }),
    (p) => p.user.findMany({ include: { posts: { include: { author: true } } }, orderBy: { id: 'asc' } }),
    (p) => p.user.count({ where: { name: { contains: secret(n) } } }),
    (p) => p.user.aggregate({ _max: { name: true } }),
    (p) => p.user.groupBy({ by: ['name'], orderBy: { name: 'asc' } }),
    (p) => p.post.findMany({ select: { author: { select: { name: true } } } }),
    (p) => p.post.findMany({ include: { author: true } }),
    (p) => p.post.count({ where: { author: { name: secret(n) } } }),
    (p) => p.setting.findUnique(bySetting),
    (p) => p.setting.findMany({ where: { value: { equals: secret(n) } } }),
    (p) => p.setting.findUnique({ ...bySetting, select: { key: true } }),
    (p) => p.counter.findUnique({ where: { id: 'c' } }),
    (p) => p.counter.findUnique({ where: { id: 'c' }, select: { hits: true } }),
    (p) => p.counter.findMany({ select: { id: true, hits: true }, orderBy: { id: 'asc' } }),
    (p) => p.user.findUnique({ where, omit: { name: true } }),
  ]
  for (const write of writes) {
    await write()
    for (const read of [...reads, ...reads]) {
      const ours = await read(prisma)
      expect(ours).toEqual(await read(plain as never))
    }
    expect(await dump(redis)).not.toContain(SECRET)
  }
  await prisma.counter.update({ where: { id: 'd' }, data: { hits: -1 }, select: { id: true } })
  await expect(prisma.$cache.flush()).rejects.toMatchObject({ code: 'PC1303' })
  const held = await dump(redis)
  expect(held).toContain('violates check constraint') // the rejected write stays, and quotes no row
  expect(held).not.toContain(SECRET)
  expect(JSON.stringify(told, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(SECRET)
  expect(await plain.setting.findMany()).toEqual([{ ...settings, value: expect.stringContaining(SECRET) }])
}, 120_000)

test('what leaves the field out is served from the cache: a selection, an omit, a put row, a pending row', async () => {
  const { prisma, until, events } = extend(bench, { policies: omitting })
  const bySetting = { where: { scope_key: { scope: 'put', key: 'k' } } }
  await prisma.setting.create({ data: { scope: 'put', key: 'k', value: 1 } })
  events()
  const select = { scope: true, key: true } as const
  expect(await prisma.setting.update({ ...bySetting, data: { value: 2 } })).toMatchObject({ key: 'k', value: 2 })
  expect(await prisma.setting.findUnique({ ...bySetting, select })).toEqual({ scope: 'put', key: 'k' })
  expect(events().filter((event) => event.startsWith('hit'))).toEqual(['hit:Setting.findUnique'])
  await prisma.counter.create({ data: { id: 'served', label: SECRET } })
  await prisma.counter.update({ where: { id: 'served' }, data: { hits: 5 }, select: { hits: true } })
  const sources: string[] = []
  prisma.$cache.on('hit', ({ source }) => void sources.push(source))
  const pending = await prisma.counter.findUnique({ where: { id: 'served' }, select: { hits: true, note: true } })
  expect(pending).toEqual({ hits: 5, note: null })
  expect(sources).toEqual(['pending'])
  expect(events()).toContain('accept:Counter.update')
  expect(await prisma.counter.findUnique({ where: { id: 'served' } })).toMatchObject({ hits: 5, label: SECRET })
  const { id } = await prisma.user.create({ data: { email: 'served@x', name: SECRET } })
  const filled = until('fill')
  await prisma.user.findUnique({ where: { id }, omit: { name: true } })
  await filled
  events()
  await prisma.user.findUnique({ where: { id }, omit: { name: true } })
  expect(events()).toEqual(['hit:User.findUnique'])
})

test('an answer that only Postgres can give has what another one shows pending, and a strong one all that is', async () => {
  const writer = extend(bench, { policies: omitting })
  const reader = extend(bench, { policies: omitting })
  const where = { id: 'seen' }
  await writer.prisma.counter.create({ data: where })
  const accept = async (hits: number) => {
    writer.events()
    await writer.prisma.counter.update({ where, data: { hits }, select: { id: true } })
    expect(writer.events()).toContain('accept:Counter.update')
  }
  await accept(5)
  expect(await reader.prisma.counter.findUnique({ where, select: { hits: true } })).toEqual({ hits: 5 })
  expect((await reader.prisma.counter.findUnique({ where }))!.hits).toBe(5)
  await accept(6)
  const strong = cache({ consistency: 'strong' })
  expect((await reader.prisma.counter.findMany({ where: { id: 'seen' }, ...strong }))[0]!.hits).toBe(6)
  await accept(7)
  expect(
    (await reader.prisma.counter.aggregate({ where, _sum: { hits: true }, _max: { label: true }, ...strong }))._sum
      .hits,
  ).toBe(7)
})

test('a computed field that needs the omitted one brings it from Postgres, and the answer is not kept', async () => {
  const computing = bench.plain().$extends({
    result: { user: { shout: { needs: { name: true }, compute: ({ name }) => `${name}!` } } },
  })
  const { prisma, events, until } = extend(bench, { policies: omitting, plain: computing as never })
  const user = await prisma.user.create({ data: { email: 'computed@x', name: `${SECRET}c` } })
  const refused = until('refusedFill')
  const read = () => prisma.user.findUnique({ where: { id: user.id }, omit: { name: true } })
  const first = await read()
  expect(first).toMatchObject({ shout: `${SECRET}c!` })
  expect(first).not.toHaveProperty('name')
  expect((await refused).reason).toBe('omitted-field')
  expect(await read()).toMatchObject({ id: user.id, shout: `${SECRET}c!` })
  expect(await dump(bench.redis())).not.toContain(SECRET)
  expect(events().filter((event) => event.startsWith('fill'))).toEqual([])
})
