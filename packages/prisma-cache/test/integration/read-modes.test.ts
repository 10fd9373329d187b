import { cache } from 'prisma-cache'
import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'
import { countOps } from './support/ops.js'
import { withPolicies } from './support/policies.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const MINUTE = 60_000
const stale = withPolicies({
  Team: ['invalidate', { ttl: 10 * MINUTE, read: { kind: 'staleWhileRevalidate', windowMs: MINUTE } }],
  Account: [
    'writeThrough',
    { ttl: 10 * MINUTE, consistency: 'strong', read: { kind: 'staleWhileRevalidate', windowMs: MINUTE } },
  ],
  Setting: ['writeThrough', { ttl: 10 * MINUTE, read: { kind: 'staleWhileRevalidate', windowMs: MINUTE } }],
})
const ahead = withPolicies({
  Team: ['invalidate', { ttl: 10 * MINUTE, read: { kind: 'refreshAhead', fraction: 0.8 } }],
})

let next = 0
async function newTeam(client: Client): Promise<{ id: number }> {
  next++
  return await client.plain.team.create({ data: { id: 2000 + next, name: 'old' }, select: { id: true } })
}

type Client = ReturnType<typeof extend>
const nameOf = async (client: Client, where: { id: number }, override = {}) =>
  (await client.prisma.team.findUnique({ where, ...override }))?.name

/** Reads, and waits for the fill. @returns the entry's key */
async function fill(client: Client, read: () => Promise<unknown>): Promise<string> {
  const filled = client.until('fill')
  await read()
  const { key } = await filled
  client.events()
  return key
}

/** As if the entry had been filled so long ago that `remainsMs` are left of its life in Redis. */
async function age(key: string, remainsMs: number): Promise<void> {
  expect(await bench.redis().pexpire(key, remainsMs)).toBe(1)
}

describe('staleWhileRevalidate', () => {
  test('an entry past its ttl is served while it is loaded anew, once for all readers of all clients', async () => {
    const gates = createGates()
    const one = extend(bench, { policies: stale, gates })
    const two = extend(bench, { policies: stale, gates })
    const where = await newTeam(one)
    const key = await fill(one, () => nameOf(one, where))
    await one.plain.team.update({ where, data: { name: 'outside' } })
    await age(key, MINUTE / 2)
    const load = gates.hold('Team.findUnique', 'before')
    const refreshed = Promise.race([one.until('refresh'), two.until('refresh')])
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => nameOf(i % 2 ? one : two, where)))
    expect(new Set(answers)).toEqual(new Set(['old']))
    await load.arrived
    // Also those who come while the load is under way, longer than a lease.
    expect(await nameOf(two, where)).toBe('old')
    load.open()
    expect(await refreshed).toMatchObject({ outcome: 'loaded', key })
    expect(gates.count('Team.findUnique')).toBe(2)
    expect(await nameOf(one, where)).toBe('outside')
    expect(await nameOf(two, where)).toBe('outside')
    expect(gates.count('Team.findUnique')).toBe(2)
    expect(one.prisma.$cache.stats().models.Team).toMatchObject({ staleHits: 10, misses: 1 })
    expect(two.events()).toEqual(expect.arrayContaining(['hit:Team.findUnique(stale)', 'hit:Team.findUnique']))
  })

  test('past the window it is a miss', async () => {
    const client = extend(bench, { policies: stale })
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where))
    const kept = await bench.redis().pttl(key)
    expect(kept).toBeGreaterThan(10.9 * MINUTE)
    expect(kept).toBeLessThanOrEqual(11 * MINUTE)
    await bench.redis().del(key)
    await nameOf(client, where)
    expect(client.events()[0]).toBe('miss:Team.findUnique(absent)')
  })

  test('what a write has touched is never served, however young', async () => {
    const client = extend(bench, { policies: stale })
    const other = extend(bench)
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where))
    await age(key, MINUTE / 2)
    await other.prisma.team.update({ where, data: { name: 'new' } })
    expect(await nameOf(client, where)).toBe('new')
    expect(client.events()[0]).toBe('miss:Team.findUnique(stale)')
  })

  test('a session is not served what is behind its own write', async () => {
    const client = extend(bench, { policies: stale })
    const where = await newTeam(client)
    const write = () =>
      client.prisma.$cache.session(async (session) => {
        await client.prisma.team.update({ where, data: { name: 'new' } })
        return session.token()
      })
    const token = await write()
    // An entry of the version before: as if the publication had been lost on its way to this server.
    const redis = bench.redis()
    const key = await fill(client, () => nameOf(client, where))
    const entry = (await redis.get(key))!
    const versionKey = createKeys(bench.namespace).tag({ kind: 'row', model: 'Team', row: String(where.id) }).version
    const version = (await redis.get(versionKey))!
    const older = version.replace(/^\d+/, '1')
    await redis.set(versionKey, older)
    await redis.set(key, entry.replace(version, older), 'PX', MINUTE / 2)
    await client.prisma.$cache.session.resume(token, () => nameOf(client, where))
    expect(client.events()[0]).toBe('miss:Team.findUnique(behind)')
  })

  test('strong: nothing past its ttl, and nothing under a fence', async () => {
    const gates = createGates()
    const client = extend(bench, { policies: stale })
    const writer = extend(bench, { policies: stale, gates })
    const where = { id: 'swr' }
    await client.prisma.account.create({ data: { ...where, owner: 'old', balance: 1 } })
    client.events()
    const read = () => client.prisma.account.findUnique({ where })
    await read()
    expect(client.events()).toEqual(['hit:Account.findUnique'])
    const [key] = await bench.redis().keys(`${bench.namespace}:{Account*}:e:*:swr`)
    await client.plain.account.update({ where, data: { owner: 'outside' } })
    await age(key!, MINUTE / 2)
    const filled = client.until('fill')
    expect((await read())!.owner).toBe('outside')
    await filled
    expect(client.events()[0]).toBe('miss:Account.findUnique(expired)')
    // A reader of a weaker class may have it, until a writer fences.
    await age(key!, MINUTE / 2)
    const weaker = cache({ consistency: 'session' })
    expect((await client.prisma.account.findUnique({ where, ...weaker }))!.owner).toBe('outside')
    expect(client.events()[0]).toBe('hit:Account.findUnique(stale)')
    const committed = gates.hold('Account.update', 'after')
    const writing = start(writer.prisma.account.update({ where, data: { owner: 'new' } }))
    await committed.arrived
    expect((await client.prisma.account.findUnique({ where, ...weaker }))!.owner).toBe('new')
    expect(client.events()).toContain('bypass:Account.findUnique(fenced)')
    committed.open()
    await writing
  })

  test('a load anew that a write overtakes brings nothing old back, nor drops what was put', async () => {
    const gates = createGates()
    const client = extend(bench, { policies: stale, gates })
    const writer = extend(bench, { policies: stale })
    const where = { scope_key: { scope: 'overtaken', key: 'k' } }
    await writer.prisma.setting.create({ data: { scope: 'overtaken', key: 'k', value: 'old' } })
    const [key] = await bench.redis().keys(`${bench.namespace}:{Setting*}:e:*overtaken,k`)
    await age(key!, MINUTE / 2)
    const load = gates.hold('Setting.findUnique', 'after')
    const refused = client.until('refusedFill')
    expect((await client.prisma.setting.findUnique({ where }))!.value).toBe('old')
    await load.arrived
    await writer.prisma.setting.update({ where, data: { value: 'new' } })
    load.open()
    const refreshed = client.until('refresh')
    expect(await refused).toMatchObject({ reason: 'outrun' })
    await refreshed
    client.events()
    expect((await client.prisma.setting.findUnique({ where }))!.value).toBe('new')
    expect(client.events()).toEqual(['hit:Setting.findUnique'])
  })

  test('a load anew that fails is nobody’s error, and the database is spared for a lease', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    const client = extend(bench, { policies: stale, gates: failing('Team.findUnique', 1) })
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where))
    await age(key, MINUTE / 2)
    const failed = client.until('refresh')
    expect(await nameOf(client, where)).toBe('old')
    expect(await failed).toMatchObject({ outcome: 'failed', cause: { message: 'the database is gone' } })
    expect(await nameOf(client, where)).toBe('old')
    const lease = `${bench.namespace}:r:${key}`
    expect(await bench.redis().pttl(lease)).toBeGreaterThan(0)
    await bench.redis().del(lease)
    const refreshed = client.until('refresh')
    expect(await nameOf(client, where)).toBe('old')
    expect(await refreshed).toMatchObject({ outcome: 'loaded' })
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })

  test('$disconnect waits for it', async () => {
    const gates = createGates()
    const client = extend(bench, { policies: stale, gates })
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where))
    await age(key, MINUTE / 2)
    const load = gates.hold('Team.findUnique', 'after')
    await nameOf(client, where)
    await load.arrived
    let disconnected = false
    const ending = client.prisma.$disconnect().then(() => {
      disconnected = true
    })
    await bench.redis().ping()
    expect(disconnected).toBe(false)
    load.open()
    await ending
    expect(client.events()).toContain('refresh:Team.findUnique(loaded)')
    expect(await bench.redis().pttl(key)).toBeGreaterThan(10 * MINUTE)
  })

  test('an …OrThrow learns that the row is gone', async () => {
    const client = extend(bench, { policies: stale })
    const where = await newTeam(client)
    const read = () => client.prisma.team.findUniqueOrThrow({ where })
    const key = await fill(client, read)
    await client.plain.team.delete({ where })
    await age(key, MINUTE / 2)
    const refreshed = client.until('refresh')
    expect((await read()).name).toBe('old')
    expect(await refreshed).toMatchObject({ outcome: 'loaded' })
    await expect(read()).rejects.toMatchObject({ code: 'P2025' })
  })
})

describe('refreshAhead', () => {
  test('past its part of the ttl an entry is served and loaded anew; before it is not', async () => {
    const gates = createGates()
    const client = extend(bench, { policies: ahead, gates })
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where))
    await client.plain.team.update({ where, data: { name: 'outside' } })
    await age(key, 2.1 * MINUTE)
    expect(await nameOf(client, where)).toBe('old')
    expect(client.events()).toEqual(['hit:Team.findUnique'])
    await age(key, 1.9 * MINUTE)
    const refreshed = client.until('refresh')
    expect(await nameOf(client, where)).toBe('old')
    await refreshed
    expect(await nameOf(client, where)).toBe('outside')
    expect(client.events()).toEqual([
      'hit:Team.findUnique(early)',
      'fill:Team.findUnique',
      'refresh:Team.findUnique(loaded)',
      'hit:Team.findUnique',
    ])
    expect(await bench.redis().pttl(key)).toBeGreaterThan(9 * MINUTE)
  })
})

describe('read: none', () => {
  test('reads go to Postgres and fill nothing; writes reach what others cached with it in', async () => {
    const client = extend(bench, { policies: withPolicies({ Team: ['writeThrough', { read: { kind: 'none' } }] }) })
    const where = await newTeam(client)
    await client.prisma.team.findUnique({ where })
    await client.prisma.team.findMany({ where })
    expect(client.events()).toEqual(['bypass:Team.findUnique(read-none)', 'bypass:Team.findMany(read-none)'])
    const user = await client.plain.user.create({ data: { email: 'member@x', teams: { connect: where } } })
    const teams = async () =>
      (await client.prisma.user.findUnique({ where: { id: user.id }, include: { teams: true } }))!.teams
    await fill(client, teams)
    await client.prisma.team.update({ where, data: { name: 'new' } })
    expect(await teams()).toMatchObject([{ name: 'new' }])
    expect(await bench.redis().keys(`${bench.namespace}:{Team*}:e:*:${where.id}`)).toEqual([])
  })

  test('one call may use the cache all the same', async () => {
    const client = extend(bench, {
      policies: withPolicies({ Counter: ['writeBehind', { read: { kind: 'none' }, durability: { kind: 'memory' } }] }),
    })
    await client.plain.counter.create({ data: { id: 'unread' } })
    const override = cache({ read: 'readThrough' })
    await fill(client, () => client.prisma.counter.findUnique({ where: { id: 'unread' }, ...override }))
    expect((await client.prisma.counter.findUnique({ where: { id: 'unread' } }))!.hits).toBe(0)
    await client.prisma.counter.findUnique({ where: { id: 'unread' }, ...override })
    expect(client.events()).toEqual(['bypass:Counter.findUnique(read-none)', 'hit:Counter.findUnique'])
  })
})

describe('negativeTtl', () => {
  const policies = withPolicies({
    Setting: ['writeThrough', { ttl: 10 * MINUTE, negativeTtl: 5 * MINUTE }],
    Team: ['invalidate', { ttl: 10 * MINUTE, negativeTtl: 5 * MINUTE }],
  })

  test.each(['findUnique', 'findFirst'] as const)('how long %s believes that there is no row', async (operation) => {
    const client = extend(bench, { policies })
    const missing = async ({ prisma }: Client) =>
      operation === 'findUnique'
        ? await prisma.team.findUnique({ where: { id: -1 } })
        : await prisma.team.findFirst({ where: { id: -1 } })
    const read = () => missing(client)
    const key = await fill(client, read)
    const left = await bench.redis().pttl(key)
    expect(left).toBeGreaterThan(4.9 * MINUTE)
    expect(left).toBeLessThanOrEqual(5 * MINUTE)
    expect(await read()).toBeNull()
    expect(client.events()).toEqual([`hit:Team.${operation}`])
    // A process that believes it for less.
    const doubting = extend(bench, { policies: withPolicies({ Team: ['invalidate', { negativeTtl: MINUTE }] }) })
    const again = () => missing(doubting)
    await again()
    await age(key, 3 * MINUTE)
    const refilled = doubting.until('fill')
    await again()
    await refilled
    expect(doubting.events()[1]).toBe(`miss:Team.${operation}(expired)`)
  })

  test('H25: however long it is, it dies with the create', async () => {
    const client = extend(bench, { policies })
    const other = extend(bench)
    const where = { scope_key: { scope: 'h25', key: 'k' } }
    await fill(client, () => client.prisma.setting.findUnique({ where }))
    await fill(client, () => client.prisma.setting.findFirst({ where: { scope: 'h25' } }))
    const made = await other.prisma.setting.create({ data: { scope: 'h25', key: 'k', value: 1 } })
    expect(await client.prisma.setting.findUnique({ where })).toEqual(made)
    expect(await client.prisma.setting.findFirst({ where: { scope: 'h25' } })).toEqual(made)
  })

  test('it is never served past its time, nor loaded ahead of it', async () => {
    const where = { id: -2 }
    for (const policies of [stale, ahead]) {
      const client = extend(bench, { policies, namespace: `${bench.namespace}-${policies === stale}` })
      await client.prisma.$cache.invalidate('Team')
      const key = await fill(client, () => nameOf(client, where))
      expect(await bench.redis().pttl(key)).toBeLessThanOrEqual(1000)
    }
  })
})

describe('terms of one call, and of several processes', () => {
  test('ttl: what is older is not served to this call, and stays for the others', async () => {
    const client = extend(bench)
    const where = await newTeam(client)
    const key = await fill(client, () => nameOf(client, where, cache({ ttl: '1h' })))
    await client.plain.team.update({ where, data: { name: 'outside' } })
    await age(key, 58 * MINUTE)
    expect(await nameOf(client, where)).toBe('old')
    expect(await nameOf(client, where, cache({ ttl: '3m' }))).toBe('old')
    expect(client.events()).toEqual(['hit:Team.findUnique', 'hit:Team.findUnique'])
    const filled = client.until('fill')
    expect(await nameOf(client, where, cache({ ttl: '1m' }))).toBe('outside')
    await filled
    expect(client.events()).toEqual(['miss:Team.findUnique(expired)', 'fill:Team.findUnique'])
    expect(await bench.redis().pttl(key)).toBeGreaterThan(4 * MINUTE)
  })

  test('H29: an entry that another policy stored for longer is judged by the reader’s own ttl', async () => {
    const client = extend(bench)
    const longer = extend(bench, { policies: withPolicies({ Team: ['invalidate', { ttl: 60 * MINUTE }] }) })
    const where = await newTeam(client)
    const key = await fill(longer, () => nameOf(longer, where))
    await client.plain.team.update({ where, data: { name: 'outside' } })
    expect(await nameOf(client, where)).toBe('old')
    await age(key, 54 * MINUTE)
    expect(await nameOf(longer, where)).toBe('old')
    const filled = client.until('fill')
    expect(await nameOf(client, where)).toBe('outside')
    await filled
    expect(client.events()).toEqual(['hit:Team.findUnique', 'miss:Team.findUnique(expired)', 'fill:Team.findUnique'])
  })

  test('read: each word for one call', async () => {
    const client = extend(bench)
    const where = await newTeam(client)
    await nameOf(client, where, cache({ read: 'none' }))
    expect(client.events()).toEqual(['bypass:Team.findUnique(read-none)'])
    const key = await fill(client, () => nameOf(client, where, cache({ read: 'staleWhileRevalidate(1m)' })))
    await age(key, MINUTE / 2)
    const refreshed = client.until('refresh')
    await nameOf(client, where, cache({ read: 'staleWhileRevalidate(1m)' }))
    await refreshed
    await age(key, 2 * MINUTE)
    await nameOf(client, where, cache({ read: 'refreshAhead(0.5)' }))
    await client.until('refresh')
    await nameOf(client, where, cache({ read: 'readThrough' }))
    expect(client.events().filter((event) => event.startsWith('hit'))).toEqual([
      'hit:Team.findUnique(stale)',
      'hit:Team.findUnique(early)',
      'hit:Team.findUnique',
    ])
  })

  test.each(['stale', 'refreshAhead', 'refreshAhead(2)', 'staleWhileRevalidate(30)', 'none()', 5, ''])(
    'read: %j is refused',
    async (read) => {
      const client = extend(bench)
      const wrong = client.prisma.team.findUnique({ where: { id: 1 }, cache: { read } } as never)
      await expect(wrong).rejects.toMatchObject({ code: 'PC1401', message: expect.stringContaining('`read` is') })
    },
  )
})

test('a hit is one round trip, in every mode; the age costs a command where it is asked for, and nothing elsewhere', async () => {
  for (const [policies, commands] of [
    [undefined, ['mget']],
    [stale, ['pttl', 'mget']],
    [ahead, ['pttl', 'mget']],
  ] as const) {
    const redis = bench.redis()
    const client = extend(bench, { redis, ...(policies ? { policies } : {}) })
    const where = await newTeam(client)
    await fill(client, () => nameOf(client, where))
    const ops = countOps(redis)
    await nameOf(client, where)
    expect(ops.take()).toEqual({ trips: 1, commands })
    await client.prisma.$disconnect()
  }
})

/** An extension nearer to the database whose nth operation of a name, from 0, fails. */
function failing(name: string, nth: number) {
  const gates = createGates()
  let seen = 0
  return {
    ...gates,
    extension: (client: { $extends(extension: object): unknown }) =>
      client.$extends({
        query: {
          async $allOperations({ model, operation, args, query }: never) {
            if (`${model as string}.${operation as string}` === name && seen++ === nth) {
              throw new Error('the database is gone')
            }
            return await (query as (args: unknown) => Promise<unknown>)(args)
          },
        },
      }),
  } as unknown as ReturnType<typeof createGates>
}
