import type { Redis } from 'ioredis'
import { cache } from 'prisma-cache'
import { learnedOf } from '../../src/protocol/entry.js'
import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { countOps } from './support/ops.js'
import { withPolicies } from './support/policies.js'

let bench: Bench
let redis: Redis
beforeAll(async () => {
  bench = await createBench()
  redis = bench.redis()
})
afterAll(() => bench.close())

const SECOND = 1000
const MINUTE = 60_000
const auto = withPolicies({
  Team: ['invalidate', { ttl: 'auto' }],
  User: ['invalidate', { ttl: 'auto' }],
  Setting: ['writeThrough', { ttl: 'auto' }],
})

type Client = ReturnType<typeof extend>
let next = 0
async function newTeam(client: Client): Promise<{ id: number }> {
  next++
  return await client.plain.team.create({ data: { id: 4000 + next, name: '0' }, select: { id: true } })
}

const nameOf = async (client: Client, where: { id: number }, override = {}) =>
  (await client.prisma.team.findUnique({ where, ...override }))!.name

/** Reads, and waits for the fill where there is one. */
async function read<T>(client: Client, asks: () => Promise<T>, model = 'Team'): Promise<T> {
  const count = () => client.prisma.$cache.stats().models[model] ?? { misses: 0, fills: 0 }
  const before = count()
  const answer = await asks()
  while (count().fills - before.fills < count().misses - before.misses) await new Promise(setImmediate)
  return answer
}

/** As if so much time had passed for an entry. */
async function pass(key: string, ms: number): Promise<void> {
  const left = await redis.pttl(key)
  if (left > ms) await redis.pexpire(key, left - ms)
  else await redis.del(key)
}

async function keyOf(where: { id: number }): Promise<string> {
  const [key] = await redis.keys(`${bench.namespace}:{Team#*}:e:*:${where.id}`)
  return key!
}

async function ttlOf(key: string): Promise<number> {
  const entry = await redis.get(key)
  return learnedOf(entry!)!.ttlMs
}

let changes = 0
/** By somebody that the extension does not see. */
async function changeOutside(client: Client, where: { id: number }): Promise<string> {
  const name = String(++changes)
  await client.plain.team.update({ where, data: { name } })
  return name
}

/** Looks again and again, each time when the ttl is just over. */
async function watch(client: Client, where: { id: number }, times: number, changing: boolean): Promise<void> {
  const key = await keyOf(where)
  for (let i = 0; i < times; i++) {
    if (changing) await changeOutside(client, where)
    await pass(key, Math.max(await ttlOf(key), SECOND))
    await read(client, () => nameOf(client, where))
  }
}

test('what nobody changes is served longer and longer, in every process', async () => {
  const one = extend(bench, { policies: auto })
  const two = extend(bench, { policies: auto })
  const where = await newTeam(one)
  await read(one, () => nameOf(one, where))
  const key = await keyOf(where)
  expect(await ttlOf(key)).toBe(SECOND)
  for (let minutes = 0; minutes < 60; minutes += 5) {
    await pass(key, 5 * MINUTE)
    await read(one, () => nameOf(one, where))
  }
  const ttlMs = await ttlOf(key)
  expect(ttlMs).toBeGreaterThan(30 * SECOND)
  one.events()
  await pass(key, ttlMs - 10 * SECOND)
  await nameOf(one, where)
  await nameOf(two, where) // which has learned nothing itself
  expect(one.events()).toEqual(['hit:Team.findUnique'])
  expect(two.events()).toEqual(['hit:Team.findUnique'])
  await pass(key, 10 * SECOND)
  await read(two, () => nameOf(two, where))
  expect(two.events()).toEqual(['miss:Team.findUnique(expired)', 'learn:Team.findUnique', 'fill:Team.findUnique'])
  expect(two.prisma.$cache.stats().learned).toMatchObject({ Team: { same: 1, changed: 0 } })
  expect(await ttlOf(key)).toBeGreaterThan(ttlMs)
  const told = await two.prisma.$cache.explain('Team', 'findUnique', { where })
  expect(told).toMatchObject({ source: 'redis', why: 'hit, fresh', learned: { ttlMs: await ttlOf(key), bound: 0.01 } })
})

test('what changes unseen is served shorter, and stale in less answers than the bound', async () => {
  const client = extend(bench, { policies: auto })
  let seed = 6
  const draw = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return seed / 0x80000000
  }
  const pace = 40 * SECOND
  const counted = { answers: 0, changes: 0, stale: 0, hits: 0 }
  for (let team = 0; team < 4; team++) {
    const where = await newTeam(client)
    let truth = await changeOutside(client, where)
    await read(client, () => nameOf(client, where))
    const key = await keyOf(where)
    const learning = 120
    for (let i = 0; i < learning + 250; i++) {
      const ms = Math.ceil(-Math.log(1 - draw()) * (i < learning ? 2000 : 200))
      const changes = draw() > Math.exp(-ms / pace)
      if (changes) truth = await changeOutside(client, where)
      await pass(key, ms)
      client.events()
      const name = await read(client, () => nameOf(client, where))
      if (i < learning) continue
      counted.answers++
      if (changes) counted.changes++
      if (name !== truth) counted.stale++
      if (client.events()[0]!.startsWith('hit')) counted.hits++
    }
    expect(await ttlOf(key)).toBeLessThan(2 * SECOND)
  }
  expect(counted.changes).toBeGreaterThan(2)
  expect(counted.stale / counted.answers).toBeLessThan(0.01)
  expect(counted.hits / counted.answers).toBeGreaterThan(0.2)
  const { changed, changesPerHour } = client.prisma.$cache.stats().learned.Team!
  expect(changed).toBeGreaterThan(10)
  expect(changesPerHour).toBeGreaterThan(30) // it is 90
  expect(changesPerHour).toBeLessThan(300)
}, 60_000)

test('what changes too fast is not cached, and is again when it has calmed down', async () => {
  const client = extend(bench, { policies: auto })
  const where = await newTeam(client)
  await read(client, () => nameOf(client, where))
  const key = await keyOf(where)
  await watch(client, where, 12, true)
  expect(await ttlOf(key)).toBe(0)
  client.events()
  const truth = await changeOutside(client, where)
  expect(await nameOf(client, where)).toBe(truth)
  expect(client.events()).toEqual(['bypass:Team.findUnique(unsettled)'])
  expect(await client.prisma.$cache.explain('Team', 'findUnique', { where })).toMatchObject({
    source: 'postgres',
    why: 'unsettled',
    learned: { ttlMs: 0 },
  })
  // Looked at once a second, without being served in between.
  await pass(key, SECOND)
  expect(await read(client, () => nameOf(client, where))).toBe(truth)
  expect(client.events()[0]).toBe('miss:Team.findUnique(expired)')
  let looks = 0
  while ((await ttlOf(key)) === 0) {
    await watch(client, where, 1, false)
    looks++
  }
  expect(looks).toBeLessThan(120)
  client.events()
  await nameOf(client, where)
  expect(client.events()).toEqual(['hit:Team.findUnique'])
})

test('a write that was seen is no evidence, and what was learned outlives it', async () => {
  const client = extend(bench, { policies: auto })
  const where = await newTeam(client)
  await read(client, () => nameOf(client, where))
  const key = await keyOf(where)
  await watch(client, where, 5, false)
  const learned = await ttlOf(key)
  client.events()
  await client.prisma.team.update({ where, data: { name: 'seen' } })
  await pass(key, MINUTE)
  expect(await read(client, () => nameOf(client, where))).toBe('seen')
  expect(client.events().filter((event) => event.startsWith('learn'))).toEqual([])
  expect(await ttlOf(key)).toBe(learned)
})

test('nor is what is behind a write of the session', async () => {
  const client = extend(bench, { policies: auto })
  const where = await newTeam(client)
  const token = await client.prisma.$cache.session(async (session) => {
    await client.prisma.team.update({ where, data: { name: 'seen' } })
    return session.token()
  })
  await read(client, () => nameOf(client, where))
  const key = await keyOf(where)
  // As if its publication had not come to this server.
  const entry = (await redis.get(key))!
  const versionKey = createKeys(bench.namespace).tag({ kind: 'row', model: 'Team', row: String(where.id) }).version
  const version = (await redis.get(versionKey))!
  const older = version.replace(/^\d+/, '1')
  await redis.set(versionKey, older)
  await redis.set(key, entry.replace(version, older).replace('seen', 'old'), 'PX', MINUTE)
  client.events()
  const answer = await client.prisma.$cache.session.resume(token, () => read(client, () => nameOf(client, where)))
  expect(answer).toBe('seen')
  expect(client.events()).toEqual(['miss:Team.findUnique(behind)', 'fill:Team.findUnique'])
})

test('of a new key its shape tells, else its model; another model tells nothing', async () => {
  const client = extend(bench, { policies: auto })
  const list = (id: number) => client.prisma.team.findMany({ where: { id }, select: { name: true } })
  const filledWith = async (asks: () => Promise<unknown>, model = 'Team') => {
    const filled = client.until('fill')
    await read(client, asks, model)
    return await ttlOf((await filled).key)
  }
  const [first, second, third, fourth] = [
    await newTeam(client),
    await newTeam(client),
    await newTeam(client),
    await newTeam(client),
  ]
  // Lists are quiet, rows are not.
  expect(await filledWith(() => list(first.id))).toBe(SECOND)
  await read(client, () => nameOf(client, first))
  await watch(client, first, 6, true)
  const ofShape = await filledWith(() => nameOf(client, second))
  expect(ofShape).toBeLessThan(SECOND / 2)
  const ofModel = await filledWith(() => list(third.id))
  expect(ofModel).toBeLessThan(SECOND / 2)
  const lists = (await redis.keys(`${bench.namespace}:a:Team:*`))[0]!
  for (let i = 0; i < 5; i++) {
    await pass(lists, MINUTE)
    await Promise.all([read(client, () => list(first.id)), read(client, () => list(third.id))])
  }
  expect(await filledWith(() => list(fourth.id))).toBeGreaterThan(ofModel)
  expect(await filledWith(() => client.prisma.user.findMany({ where: { name: 'u' } }), 'User')).toBe(SECOND)
})

test('a row that was put is believed as its shape is, and compared like any other', async () => {
  const client = extend(bench, { policies: auto })
  const where = { scope_key: { scope: 'auto', key: 'k' } }
  const asks = () => client.prisma.setting.findUnique({ where })
  await client.prisma.setting.create({ data: { scope: 'auto', key: 'k', value: 1 } })
  client.events()
  await asks()
  expect(client.events()).toEqual(['hit:Setting.findUnique'])
  const [key] = await redis.keys(`${bench.namespace}:{Setting*}:e:*auto,k`)
  await client.plain.setting.update({ where, data: { value: 2 } })
  await pass(key!, SECOND)
  const learning = client.until('learn')
  expect((await read(client, asks, 'Setting'))!.value).toBe(2)
  expect(await learning).toMatchObject({ changed: true, model: 'Setting' })
  expect(await ttlOf(key!)).toBeLessThan(SECOND)
})

test('“no such row” is believed for negativeTtl at most; a ttl of one call is no learned one', async () => {
  const client = extend(bench, { policies: withPolicies({ Team: ['invalidate', { ttl: 'auto', negativeTtl: 100 }] }) })
  const none = () => client.prisma.team.findUnique({ where: { id: -4 } })
  await read(client, none)
  const [key] = await redis.keys(`${bench.namespace}:{Team#*}:e:*:-4`)
  await pass(key!, 100)
  client.events()
  await read(client, none)
  expect(client.events()[0]).toBe('miss:Team.findUnique(expired)')
  const where = await newTeam(client)
  await read(client, () => nameOf(client, where, cache({ ttl: '1m' })))
  await pass(await keyOf(where), 30 * SECOND)
  client.events()
  await nameOf(client, where, cache({ ttl: '1m' }))
  expect(client.events()).toEqual(['hit:Team.findUnique'])
})

test('a hit is one round trip', async () => {
  const connection = bench.redis()
  const client = extend(bench, { redis: connection, policies: auto })
  const where = await newTeam(client)
  await read(client, () => nameOf(client, where, cache({ ttl: '1m' })))
  const ops = countOps(connection)
  await nameOf(client, where, cache({ ttl: '1m' }))
  expect(ops.take()).toEqual({ trips: 1, commands: ['pttl', 'mget'] })
  await nameOf(client, where)
  expect(ops.take()).toMatchObject({ trips: 1 })
  await client.prisma.$disconnect()
})
