import { cache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'
import { extendNear, holdReplies } from './support/near.js'
import { countOps } from './support/ops.js'
import { withPolicies } from './support/policies.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const MINUTE = 60_000
const near = { near: { kind: 'on', max: 1000, ttlMs: MINUTE }, negativeTtl: MINUTE }
const policies = withPolicies({
  Team: ['invalidate', near],
  User: ['invalidate', near],
  Profile: ['invalidate', { ...near, consistency: 'eventual' }],
  Plain: ['writeThrough', near],
  Setting: ['writeThrough', near],
  Booking: ['invalidate', near],
  Counter: ['writeBehind', { ...near, flushEvery: 10 * MINUTE, durability: { kind: 'memory' } }],
})

const nearby = (options: Parameters<typeof extendNear>[1] = {}) => extendNear(bench, { policies, ...options })
type Client = Pick<ReturnType<typeof nearby>, 'prisma' | 'plain'>

let next = 0
async function newTeam({ plain }: Client): Promise<{ id: number }> {
  next++
  return await plain.team.create({ data: { id: 5000 + next, name: 'old' }, select: { id: true } })
}
const nameOf = async ({ prisma }: Client, where: { id: number }, override = {}) =>
  (await prisma.team.findUnique({ where, ...override }))?.name

const NEAR = 'hit:Team.findUnique(near)'
const REDIS = 'hit:Team.findUnique'

describe('a hit', () => {
  test('costs no command and no statement', async () => {
    const gates = createGates()
    const client = nearby({ gates })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    const [ops, statements] = [countOps(client.redis), gates.count('Team.findUnique')]
    client.events()
    expect(await nameOf(client, where)).toBe('old')
    expect(await nameOf(client, where, { select: { name: true } })).toBe('old')
    expect(client.events()).toEqual([NEAR, NEAR])
    expect(ops.take()).toEqual({ trips: 0, commands: [] })
    expect(gates.count('Team.findUnique')).toBe(statements)
    expect(client.prisma.$cache.stats().models.Team).toMatchObject({ nearHits: 2 })
    const explain = (override = {}) => client.prisma.$cache.explain('Team', 'findUnique', { where, ...override })
    expect(await explain()).toMatchObject({ source: 'near', why: 'hit, fresh' })
    expect(await explain(cache({ near: false }))).toMatchObject({ source: 'redis' })
  })

  test('what is filled is kept: the second read is one', async () => {
    const client = nearby()
    const other = extend(bench)
    await client.keep(() => nameOf(client, { id: 1 }))
    const where = await newTeam(client)
    await nameOf(other, where) // makes the version
    await other.prisma.$cache.invalidate('Team', where)
    await client.caughtUp()
    client.events()
    const filled = client.until('fill')
    await nameOf(client, where)
    await filled
    await client.caughtUp()
    await nameOf(client, where)
    expect(client.events()).toEqual(['miss:Team.findUnique(stale)', 'fill:Team.findUnique', NEAR])
  })

  test('of a list, an aggregate and a relation', async () => {
    const client = nearby()
    await client.plain.user.create({ data: { email: 'lists@x', teams: { create: { name: 'listed' } } } })
    const reads = [
      () => client.prisma.user.findMany({ where: { email: 'lists@x' }, include: { teams: true } }),
      () => client.prisma.user.count({ where: { teams: { some: { name: 'listed' } } } }),
      () => client.prisma.team.findFirst({ where: { name: 'listed' } }),
    ]
    for (const read of reads) {
      await client.keep(read)
      const redis = await read()
      client.events()
      expect(await read()).toEqual(redis)
      expect(client.events()).toEqual([expect.stringContaining('(near)')])
    }
    await extend(bench, { policies }).prisma.team.updateMany({ where: { name: 'listed' }, data: { name: 'unlisted' } })
    await client.caughtUp()
    expect(await reads[0]!()).toMatchObject([{ teams: [{ name: 'unlisted' }] }])
    expect(await reads[1]!()).toBe(0)
    expect(await reads[2]!()).toBeNull()
  })

  test('of “no such row”, which dies with the create', async () => {
    const client = nearby()
    const where = { id: 4999 }
    await client.keep(() => nameOf(client, where))
    client.events()
    expect(await client.prisma.team.findUnique({ where })).toBeNull()
    expect(client.events()).toEqual([NEAR])
    await expect(client.prisma.team.findUniqueOrThrow({ where })).rejects.toMatchObject({ code: 'P2025' })
    await extend(bench, { policies }).prisma.team.create({ data: { ...where, name: 'made' } })
    await client.caughtUp()
    expect(await nameOf(client, where)).toBe('made')
  })

  test('is not for a call that says `near: false`, nor for one that is strong, nor for a model without it', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.events()
    await nameOf(client, where, cache({ near: false }))
    await nameOf(client, where, cache({ consistency: 'strong' }))
    expect(client.events()).toEqual([REDIS, 'bypass:Team.findUnique(mixed-consistency)'])
    const off = nearby({ policies: withPolicies({}) })
    await nameOf(off, where)
    await nameOf(off, where)
    expect(off.events().filter((event) => event.includes('near'))).toEqual([])
    expect(off.pushes.made).toEqual([])
    await expect(client.prisma.team.findUnique({ where, cache: { near: true } } as never)).rejects.toMatchObject({
      code: 'PC1401',
      message: expect.stringContaining('`near` is true'),
    })
  })

  test('a call with a shorter ttl is not served an older copy', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.events()
    await nameOf(client, where, cache({ ttl: '10m' }))
    await nameOf(client, where, cache({ ttl: '1ms' }))
    expect(client.events()[0]).toBe(NEAR)
    expect(client.events()).not.toContain(NEAR)
  })

  test('there are as many copies as the policy says, the ones that were used last', async () => {
    const client = nearby({
      policies: withPolicies({ Team: ['invalidate', { near: { kind: 'on', max: 2, ttlMs: MINUTE } }] }),
    })
    const [a, b, c] = [await newTeam(client), await newTeam(client), await newTeam(client)]
    for (const where of [a, b]) await client.keep(() => nameOf(client, where))
    await nameOf(client, a)
    await client.keep(() => nameOf(client, c))
    client.events()
    for (const where of [a, c, b]) {
      await nameOf(client, where)
      await client.caughtUp()
    }
    expect(client.events()).toEqual([NEAR, NEAR, REDIS])
  })
})

describe('H27: what a caller does to its answer reaches nobody else', () => {
  test('rows of every type, and whatever they hold', async () => {
    const client = nearby()
    const row = {
      id: 'mutated',
      d: '12.5',
      t: new Date(0),
      y: new Uint8Array([1, 2, 3]),
      j: { deep: [{ in: 'json' }] },
      strings: ['a'],
      big: [1n],
    }
    await client.plain.plain.create({ data: row })
    const one = () => client.prisma.plain.findUnique({ where: { id: 'mutated' } })
    const list = () => client.prisma.plain.findMany({ where: { id: 'mutated' } })
    const truth = await client.plain.plain.findUnique({ where: { id: 'mutated' } })
    for (const read of [one, async () => (await list())[0]!]) {
      await client.keep(read)
      for (let i = 0; i < 2; i++) {
        client.events()
        const answer = (await read())!
        expect(client.events()).toEqual([expect.stringContaining('(near)')])
        expect(answer).toEqual(truth)
        answer.id = 'spoilt'
        answer.t!.setTime(1)
        answer.y![0] = 9
        ;(answer.j as { deep: { in: string }[] }).deep[0]!.in = 'spoilt'
        answer.strings.push('spoilt')
        answer.big.length = 0
        Object.assign(answer.d!, { s: -1, e: 5, d: [9] })
      }
    }
  })
})

describe('a write of another process', () => {
  test('drops the copies that depend on it, and no others', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const [written, beside] = [await newTeam(client), await newTeam(client)]
    for (const where of [written, beside]) await client.keep(() => nameOf(client, where))
    await other.prisma.team.update({ where: written, data: { name: 'new' } })
    await client.caughtUp()
    client.events()
    expect(await nameOf(client, beside)).toBe('old')
    expect(client.events()).toEqual([NEAR])
    expect(await nameOf(client, written)).toBe('new')
  })

  test('told between the answer of Redis and the copy of it: nothing is kept', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await other.prisma.$cache.invalidate('Team', where)
    await client.caughtUp()
    const filled = other.until('fill')
    await nameOf(other, where)
    await filled
    const reply = holdReplies(client.redis, 'mget')
    const reading = start(client.prisma.team.findUnique({ where }))
    await reply.arrived
    await other.prisma.team.update({ where, data: { name: 'new' } })
    await client.caughtUp()
    reply.open()
    expect((await reading)!.name).toBe('old')
    await client.caughtUp()
    expect(await nameOf(client, where)).toBe('new')
  })

  test('told while the row is loaded: nothing is kept', async () => {
    const gates = createGates()
    const client = nearby({ gates })
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await other.prisma.$cache.invalidate('Team', where)
    await client.caughtUp()
    const load = gates.hold('Team.findUnique', 'after')
    const filled = client.until('fill')
    const reading = start(client.prisma.team.findUnique({ where }))
    await load.arrived
    await other.prisma.team.update({ where, data: { name: 'new' } })
    await client.caughtUp()
    load.open()
    expect((await reading)!.name).toBe('old')
    await filled
    await client.caughtUp()
    expect(await nameOf(client, where)).toBe('new')
  })

  test('an epoch that ends takes all copies with it', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await client.plain.team.update({ where, data: { name: 'outside' } })
    await bench.redis().del(`${bench.namespace}:{epoch}`)
    await client.caughtUp()
    expect(await nameOf(client, where)).toBe('outside')
  })
})

describe('this process’s own writes', () => {
  test('are seen though no push has come', async () => {
    const client = nearby()
    const { prisma } = client
    const where = await newTeam(client)
    const list = () => prisma.team.findMany({ where: { id: where.id } })
    for (const write of [
      () => prisma.team.update({ where, data: { name: 'updated' } }),
      () => prisma.team.updateMany({ where, data: { name: 'updated many' } }),
      () => prisma.$transaction((tx) => tx.team.update({ where, data: { name: 'in a transaction' } })),
      () => prisma.$executeRaw`update "Team" set name = 'raw' where id = ${where.id}`,
      async () => {
        await client.plain.team.update({ where, data: { name: 'outside' } })
        await prisma.$cache.invalidate('Team', where)
      },
      async () => {
        await client.plain.team.update({ where, data: { name: 'outside again' } })
        await prisma.$cache.clear()
      },
    ]) {
      for (const read of [() => nameOf(client, where), list]) await client.keep(read)
      client.pushes.hold()
      await write()
      const truth = await client.plain.team.findUnique({ where })
      // Another session: nothing but the write itself tells of it.
      await prisma.$cache.session(async () => {
        expect(await prisma.team.findUnique({ where })).toEqual(truth)
        expect(await list()).toEqual([truth])
      })
      client.pushes.release()
      await client.caughtUp()
    }
  })

  test('of a model whose writes are fenced too, and of a row that a nested write reaches', async () => {
    const client = nearby()
    const { prisma } = client
    const where = { id: 'fenced' }
    await client.plain.plain.create({ data: { ...where, s: 'old' } })
    const user = await client.plain.user.create({ data: { email: 'nested@x', teams: { create: { name: 'old' } } } })
    const team = (await client.plain.team.findFirst({ where: { members: { some: { id: user.id } } } }))!
    const reads = [() => prisma.plain.findUnique({ where }), () => nameOf(client, { id: team.id })]
    for (const read of reads) await client.keep(read)
    client.pushes.hold()
    await prisma.plain.update({ where, data: { s: 'new' } })
    await prisma.user.update({
      where: { id: user.id },
      data: { teams: { update: { where: { id: team.id }, data: { name: 'new' } } } },
    })
    await prisma.$cache.session(async () => {
      expect((await prisma.plain.findUnique({ where }))!.s).toBe('new')
      expect(await nameOf(client, { id: team.id })).toBe('new')
    })
    client.pushes.release()
  })

  test('one that Redis did not take drops them too', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.pushes.hold()
    const { evalsha } = client.redis
    client.redis.evalsha = () => Promise.reject(new Error('busy')) as never
    await client.prisma.team.update({ where, data: { name: 'new' } })
    client.redis.evalsha = evalsha
    await client.prisma.$cache.session(async () => {
      expect(await nameOf(client, where)).toBe('new')
    })
    client.pushes.release()
  })
})

describe('a session', () => {
  test('that wrote elsewhere is not served a copy from before, though no push has come', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.pushes.hold()
    const token = await other.prisma.$cache.session(async (session) => {
      await other.prisma.team.update({ where, data: { name: 'new' } })
      return session.token()
    })
    client.events()
    expect(await nameOf(client, where)).toBe('old') // nobody has told this client yet
    expect(client.events()).toEqual([NEAR])
    await client.prisma.$cache.session.resume(token, async () => expect(await nameOf(client, where)).toBe('new'))
    client.pushes.release()
  })

  test('that only read elsewhere does not go back either', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.pushes.hold()
    await other.prisma.team.update({ where, data: { name: 'new' } })
    const token = await other.prisma.$cache.session(async (session) => {
      expect(await nameOf(other, where)).toBe('new')
      return session.token()
    })
    await client.prisma.$cache.session.resume(token, async () => expect(await nameOf(client, where)).toBe('new'))
    client.pushes.release()
  })

  test.each<[string, (client: Client, where: { id: number }) => Promise<unknown>]>([
    ['a list', ({ prisma }, where) => prisma.team.findMany({ where: { name: 'new', id: where.id } })],
    ['the database', (client, where) => nameOf(client, where, cache(false))],
    ['a transaction', ({ prisma }, where) => prisma.$transaction((tx) => tx.team.findUnique({ where }))],
    ['raw SQL', ({ prisma }, where) => prisma.$queryRaw`select * from "Team" where id = ${where.id}`],
    [
      'a write of another',
      ({ prisma }, where) => prisma.user.updateMany({ where: { teams: { some: where } }, data: {} }),
    ],
  ])('that has seen the new row by %s is not served the old one after it', async (_, see) => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    client.pushes.hold()
    await other.prisma.team.update({ where, data: { name: 'new' } })
    await client.prisma.$cache.session(async () => {
      client.events()
      expect(await nameOf(client, where)).toBe('old')
      expect(client.events()).toEqual([NEAR])
      await see(client, where)
      expect(await nameOf(client, where)).toBe('new')
    })
    client.pushes.release()
  })

  test('that has seen the new row in a copy that is new itself is not served an older answer to another question', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    const named = async () => (await client.prisma.team.findMany({ where: { id: { in: [where.id] } } }))[0]!.name
    await client.keep(named)
    client.pushes.hold()
    await other.prisma.team.update({ where, data: { name: 'new' } })
    // Others are told by Redis, and leave a copy behind.
    const byOther = () => client.prisma.$cache.session(async () => expect(await nameOf(client, where)).toBe('new'))
    await Promise.all([client.until('fill'), byOther()])
    await byOther()
    client.events()
    await client.prisma.$cache.session(async () => {
      expect(await named()).toBe('old')
      expect(await nameOf(client, where)).toBe('new')
      expect(client.events()).toContain(NEAR)
      expect(await named()).toBe('new')
    })
    client.pushes.release()
  })

  test('goes on with copies when everything is told', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await client.prisma.$cache.session(async () => {
      await client.prisma.team.count()
      await client.caughtUp()
      client.events()
      await nameOf(client, where)
      expect(client.events()).toEqual([NEAR])
    })
  })

  test('of an eventual model nobody waits for that', async () => {
    const client = nearby()
    const { id } = await client.plain.profile.create({
      data: { bio: 'old', user: { create: { email: 'eventual@x' } } },
    })
    const read = () => client.prisma.profile.findUnique({ where: { id } })
    await client.keep(read)
    client.pushes.hold()
    await client.prisma.profile.count()
    client.events()
    await read()
    expect(client.events()).toEqual(['hit:Profile.findUnique(near)'])
    client.pushes.release()
  })
})

describe('a write-behind row', () => {
  beforeAll(async () => {
    const worker = await startFlushWorker({
      prisma: bench.plain(),
      policies,
      redis: bench.redisUrl,
      namespace: bench.namespace,
    })
    bench.onClose(() => worker.close())
  })
  const hits = async ({ prisma }: Client, id: string) => (await prisma.counter.findUnique({ where: { id } }))?.hits
  const written = (client: Client, id: string) =>
    client.prisma.counter.update({ where: { id }, data: { hits: { increment: 1 } } })

  async function kept(id: string) {
    const client = nearby()
    await client.plain.counter.create({ data: { id } })
    await client.keep(() => hits(client, id))
    client.events()
    expect(await hits(client, id)).toBe(0)
    expect(client.events()).toEqual(['hit:Counter.findUnique(near)'])
    return client
  }

  test('what another process accepts drops the copy, and is seen', async () => {
    const client = await kept('others')
    await written(extend(bench, { policies }), 'others')
    await client.caughtUp()
    expect(await hits(client, 'others')).toBe(1)
    // What is pending is no entry, and the one beneath it is not kept.
    await client.caughtUp()
    expect(await hits(client, 'others')).toBe(1)
  })

  test('accepted between the answer of Redis and the copy of it: nothing is kept', async () => {
    const client = await kept('raced')
    const other = extend(bench, { policies })
    await other.prisma.$cache.invalidate('Counter', { id: 'raced' })
    await client.caughtUp()
    const filled = other.until('fill')
    await hits(other, 'raced')
    await filled
    await client.caughtUp()
    const replies = [holdReplies(client.redis, 'hgetall'), holdReplies(client.redis, 'mget')]
    const reading = start(client.prisma.counter.findUnique({ where: { id: 'raced' } }))
    await Promise.all(replies.map((reply) => reply.arrived))
    await written(other, 'raced')
    await client.caughtUp()
    for (const reply of replies) reply.open()
    expect((await reading)!.hits).toBe(0)
    await client.caughtUp()
    expect(await hits(client, 'raced')).toBe(1)
  })

  test('what this process accepts is seen though no push has come, in any of its sessions', async () => {
    const client = await kept('own')
    client.pushes.hold()
    await written(client, 'own')
    await client.prisma.$cache.session(async () => expect(await hits(client, 'own')).toBe(1))
    client.pushes.release()
  })

  test('a session that was accepted elsewhere sees it though no push has come, in each class', async () => {
    const client = await kept('token')
    client.pushes.hold()
    const other = extend(bench, { policies })
    const token = await other.prisma.$cache.session(async (session) => {
      await written(other, 'token')
      return session.token()
    })
    const where = { id: 'token' }
    await client.prisma.$cache.session.resume(token, async () => {
      const eventual = cache({ consistency: 'eventual' })
      expect((await client.prisma.counter.findUnique({ where, ...eventual }))!.hits).toBe(1)
      expect(await hits(client, 'token')).toBe(1)
    })
    client.pushes.release()
  })

  test('a list shows what the session has accepted and a worker applied, though no push has come', async () => {
    const client = await kept('listed')
    const list = async () => (await client.prisma.counter.findMany({ where: { id: 'listed' } }))[0]?.hits
    const inNewSession = (read: () => Promise<unknown>) =>
      client.prisma.$cache.session(async () => {
        await client.prisma.$cache.flush('Counter')
        return await read()
      })
    for (const within of [(read: () => Promise<unknown>) => read(), inNewSession]) {
      await client.keep(list)
      const before = await list()
      await written(client, 'listed')
      await client.caughtUp() // of what was accepted, not of what the flush will make of it
      client.pushes.hold()
      expect(await within(list)).toBe(before! + 1)
      client.pushes.release()
      await client.caughtUp()
    }
  })
})

describe('the connection of the pushes', () => {
  async function killPush(client: ReturnType<typeof nearby>) {
    const off = client.until('near')
    const redis = bench.redis()
    for (const push of client.pushes.made) {
      const port = (push as unknown as { stream: { localPort: number } }).stream.localPort
      const line = String(await redis.client('LIST'))
        .split('\n')
        .find((text) => text.includes(`:${port} `))!
      await redis.client('KILL', 'ID', /^id=(\d+)/.exec(line)![1]!)
    }
    expect((await off).state).toBe('off')
  }

  test('is lost: the copies are dropped, and none is served until it stands again', async () => {
    const client = nearby()
    const other = extend(bench, { policies })
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await killPush(client)
    const back = client.until('near')
    await other.prisma.team.update({ where, data: { name: 'new' } })
    expect(await nameOf(client, where)).toBe('new')
    expect((await back).state).toBe('on')
    await client.caughtUp()
    for (let i = 0; i < 2; i++) {
      await nameOf(client, where)
      await client.caughtUp()
    }
    client.events()
    expect(await nameOf(client, where)).toBe('new')
    expect(client.events()).toEqual([NEAR])
  })

  test('stands while that of the commands is lost: the copies are dropped too', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await client.plain.team.update({ where, data: { name: 'outside' } })
    await bench.redis().del(...(await bench.redis().keys(`${bench.namespace}:*:e:*`)))
    const down = client.until('link')
    client.redis.disconnect(true)
    await down
    expect(await nameOf(client, where)).toBe('outside')
  })

  test('ends with $disconnect, and comes back with the next read', async () => {
    const client = nearby()
    const where = await newTeam(client)
    await client.keep(() => nameOf(client, where))
    await client.prisma.$disconnect()
    expect(client.pushes.made.map((push) => push.status)).toEqual(['end'])
    await client.plain.team.update({ where, data: { name: 'outside' } })
    await extend(bench, { policies }).prisma.$cache.invalidate('Team', where)
    const on = client.until('near')
    expect(await nameOf(client, where)).toBe('outside')
    await nameOf(client, where)
    expect((await on).state).toBe('on')
    expect(client.pushes.made.length).toBe(2)
  })
})
