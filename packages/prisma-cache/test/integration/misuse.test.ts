import { type PolicySet, prismaCache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const code = (fn: () => unknown): unknown => {
  try {
    fn()
  } catch (error) {
    return [(error as { code?: string }).code, (error as Error).message]
  }
  return 'no error'
}

test('applied twice', () => {
  const { prisma } = extend(bench)
  expect(code(() => prisma.$extends(prismaCache({ policies, redis: bench.redisUrl })))).toEqual([
    'PC1001',
    expect.stringMatching(/has prisma-cache already\. Extend it once/),
  ])
})

test('policies of another schema', () => {
  const { Counter: _gone, ...models } = policies.models as PolicySet['models']
  const ghost = { ...policies.models.Counter, facts: { ...policies.models.Counter.facts, name: 'Ghost' } }
  const other: PolicySet = { ...policies, models: { ...models, Ghost: ghost } }
  expect(code(() => bench.plain().$extends(prismaCache({ policies: other, redis: bench.redisUrl })))).toEqual([
    'PC1002',
    expect.stringMatching(/Ghost has a policy but is no model.*Counter is a model.*Run `prisma generate`/),
  ])
})

test('a Redis URL that is none', () => {
  for (const [redis, text] of [
    ['localhost:6379', /scheme localhost|not a URL/],
    ['http://127.0.0.1:6379', /scheme http/],
    ['not a url', /is not a URL/],
    ['', /`redis` is missing/],
    [undefined, /Is REDIS_URL set/],
    [{}, /neither a URL nor an ioredis client/],
  ] as const) {
    expect(code(() => bench.plain().$extends(prismaCache({ policies, redis: redis as never })))).toEqual([
      'PC1003',
      expect.stringMatching(text),
    ])
  }
})

test('options that are not valid', () => {
  expect(code(() => prismaCache({ redis: bench.redisUrl } as never))).toEqual([
    'PC1003',
    expect.stringMatching(/`policies` is missing/),
  ])
  expect(code(() => prismaCache({ policies, redis: bench.redisUrl, namespace: 'a{b' }))).toEqual([
    'PC1003',
    expect.stringMatching(/namespace/),
  ])
  expect(code(() => prismaCache({ policies, redis: bench.redisUrl, lease: -1 }))).toEqual([
    'PC1003',
    expect.stringMatching(/lease/),
  ])
})

test('a flush worker that is given the extended client, or options that are not valid', async () => {
  const { prisma, plain } = extend(bench)
  const fine = { prisma: plain, policies, redis: bench.redisUrl, namespace: bench.namespace }
  for (const [wrong, text] of [
    [{ ...fine, prisma }, /a client with the cache extension/],
    [{ ...fine, policies: undefined }, /`policies` are missing/],
    [{ ...fine, redis: undefined }, /Is REDIS_URL set/],
    [{ ...fine, concurrency: 0 }, /`concurrency` is 0/],
    [{ ...fine, namespac: 'x' }, /no option `namespac`/],
    [undefined, /no options/],
  ] as const) {
    await expect(startFlushWorker(wrong as never)).rejects.toMatchObject({
      code: 'PC1003',
      message: expect.stringMatching(text),
    })
  }
  expect(code(() => prismaCache({ policies, redis: bench.redisUrl, namespac: 'x' } as never))).toEqual([
    'PC1003',
    expect.stringMatching(/no option `namespac`/),
  ])
  expect(code(() => prisma.$cache.session(undefined as never))).toEqual(['PC1401', expect.any(String)])
  expect(code(() => prisma.$cache.writes('User' as never, () => {}))).toEqual([
    'PC1401',
    expect.stringMatching(/a list of models/),
  ])
})

test('unknown models and rows in calls of $cache', async () => {
  const { prisma } = extend(bench)
  await expect(prisma.$cache.flush('Nope' as never)).rejects.toMatchObject({ code: 'PC1401' })
  await expect(prisma.$cache.status('Counter', { hits: 1 })).rejects.toMatchObject({ code: 'PC1401' })
  expect(code(() => prisma.$cache.writes(['Nope' as never], () => {}))).toEqual([
    'PC1401',
    expect.stringMatching(/no model "Nope"/),
  ])
})

test('session tokens that are cut, foreign, forged or of another kind', async () => {
  const signed = extend(bench, { tokenSecret: 'a secret of some length' }).prisma
  const unsigned = extend(bench).prisma
  const foreign = extend(bench, { namespace: 'elsewhere' }).prisma
  const token = await signed.$cache.session(async (session) => {
    await signed.team.create({ data: { name: 't' } })
    return session.token()
  })
  expect(signed.$cache.session.resume(token, () => 'fine')).toBe('fine')
  for (const bad of ['', 'x', token.slice(0, -3), `${token}x`, token.replace('pc2', 'pc1'), 7 as never]) {
    expect(code(() => signed.$cache.session.resume(bad, () => {}))).toEqual(['PC1201', expect.any(String)])
  }
  const plainToken = unsigned.$cache.session((session) => session.token())
  expect(code(() => signed.$cache.session.resume(plainToken, () => {}))).toEqual([
    'PC1201',
    expect.stringMatching(/signature/),
  ])
  expect(code(() => unsigned.$cache.session.resume(token, () => {}))).toEqual([
    'PC1201',
    expect.stringMatching(/no `tokenSecret`/),
  ])
  expect(code(() => foreign.$cache.session.resume(plainToken, () => {}))).toEqual([
    'PC1201',
    expect.stringMatching(/belongs to the namespace/),
  ])
})
