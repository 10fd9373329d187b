import { PrismaPg } from '@prisma/adapter-pg'
import { cache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import type { Events } from '../../src/events/events.js'
import { createKeys } from '../../src/protocol/keys.js'
import { isPosition } from '../../src/protocol/position.js'
import { policies } from '../prisma/generated/cache/index.js'
import { type ExtendOptions, extend } from './support/extended.js'
import { createReplicatedBench, type ReplicatedBench } from './support/replicated.js'

let servers: ReplicatedBench
beforeAll(async () => {
  servers = await createReplicatedBench(2)
})
afterAll(() => servers.close())
let promoted = false
afterEach(async () => {
  if (promoted) return
  for (const replica of servers.replicas) {
    await replica.resumeReplay()
    await replica.caughtUp()
  }
})

/** Clients of two processes: one that writes and knows of the replicas, and another that reads. */
function client(options: Partial<ExtendOptions> = {}) {
  const extended = extend(servers.bench, {
    replicas: [servers.client(0), servers.client(1)],
    replicaWait: 5000,
    ...options,
  })
  const routes: Events['route'][] = []
  extended.prisma.$cache.on('route', (event) => void routes.push(event))
  return {
    ...extended,
    routes,
    /** Who answered the loads since the last call. */
    sources: () =>
      routes.splice(0).map((route) => (route.source === 'replica' ? `replica ${route.replica}` : route.reason)),
  }
}

let next = 0
async function newTeam(name = 'old'): Promise<{ id: number }> {
  const { id } = await servers.bench.plain().team.create({ data: { id: 5000 + ++next, name } })
  for (const replica of servers.replicas) await replica.caughtUp()
  return { id }
}

/** The client knows how far the primary was, and each replica is past it: its age speaks for it. */
async function acquaint(prisma: ReturnType<typeof client>['prisma']): Promise<void> {
  await prisma.user.findMany({ take: ++next })
  for (const replica of servers.replicas) await replica.caughtUp()
}

async function pauseAll(): Promise<void> {
  for (const replica of servers.replicas) await replica.pauseReplay()
}

test('a miss is loaded from a replica that has what it must, and kept', async () => {
  const { prisma, sources, until, events } = client()
  const where = await newTeam()
  const filled = until('fill')
  expect(await prisma.team.findUnique({ where })).toEqual({ ...where, name: 'old' })
  await filled
  expect(sources()).toEqual([expect.stringMatching(/^replica [12]$/)])
  events()
  await prisma.team.findUnique({ where })
  expect(events()).toEqual(['hit:Team.findUnique'])
})

test('H20: what a replica that lags answers an eventual read is kept for nobody', async () => {
  const writer = client()
  const reader = client({ replicaWait: 0 })
  const { id } = await servers.bench.plain().profile.create({
    data: { bio: 'old', user: { create: { email: `h20-${++next}@x` } } },
  })
  await acquaint(reader.prisma)
  reader.sources()
  await pauseAll()
  const where = { id }
  await writer.prisma.profile.update({ where, data: { bio: 'new' } })
  const refused = reader.until('refusedFill')
  // Served: it is younger than its ttl. Kept: never, for the write is published.
  expect((await reader.prisma.profile.findUnique({ where }))!.bio).toBe('old')
  expect(reader.sources()).toEqual([expect.stringMatching(/^replica/)])
  expect((await refused).reason).toBe('replica-behind')
  const strict = { where, ...cache({ consistency: 'session' as const }) }
  expect((await reader.prisma.profile.findUnique(strict))!.bio).toBe('new')
  expect(reader.sources()).toEqual(['behind'])
})

test('H20: a version of which no position is told is behind until the primary says where it is', async () => {
  const where = await newTeam()
  const stranger = extend(servers.bench) // knows of no replicas, and so tells no positions
  const { prisma, sources } = client({ replicaWait: 20 })
  await acquaint(prisma)
  sources()
  await pauseAll()
  await stranger.prisma.team.update({ where, data: { name: 'new' } })
  expect((await prisma.team.findUnique({ where }))!.name).toBe('new')
  expect(sources()).toEqual(['behind'])
})

test('a session reads its own write while the replicas lag, and from a replica once one has it', async () => {
  const { prisma, sources } = client({ replicaWait: 20 })
  const where = await newTeam()
  await pauseAll()
  await prisma.$cache.session(async () => {
    await prisma.team.update({ where, data: { name: 'mine' } })
    let take = 1
    const list = () => prisma.team.findMany({ where, take: take++ })
    expect(await list()).toEqual([{ ...where, name: 'mine' }])
    expect(sources()).toEqual(['behind'])
    for (const replica of servers.replicas) {
      await replica.resumeReplay()
      await replica.caughtUp()
    }
    do expect(await list()).toEqual([{ ...where, name: 'mine' }])
    while (!sources()[0]!.startsWith('replica'))
  })
})

test('H21: it is the position of the replica that is asked which counts, not that of another', async () => {
  const { prisma, sources } = client({ replicaWait: 20_000 })
  const where = await newTeam()
  await acquaint(prisma)
  sources()
  await servers.replicas[0]!.pauseReplay()
  await prisma.$cache.session(async () => {
    for (let i = 0; i < 12; i++) {
      await prisma.team.update({ where, data: { name: `write ${i}` } })
      const [first] = await prisma.team.findMany({ where: { id: where.id }, orderBy: { name: 'asc' } })
      expect(first!.name).toBe(`write ${i}`)
    }
  })
  expect(new Set(sources())).toEqual(new Set(['replica 2']))
})

test('a wait for a replica ends as soon as it is there, and in vain at its bound', async () => {
  const { prisma, sources, until } = client({ replicaWait: 5000, replicas: [servers.client(0)] })
  const where = await newTeam()
  await servers.replicas[0]!.pauseReplay()
  await prisma.team.update({ where, data: { name: 'new' } })
  const routed = until('route')
  const reading = prisma.team.findMany({ where }).then((rows) => rows)
  await servers.replicas[0]!.resumeReplay()
  expect(await reading).toEqual([{ ...where, name: 'new' }])
  expect(sources()).toEqual(['replica 1'])
  expect((await routed).ms).toBeLessThan(4000)
})

test('never on a replica: writes, transactions, raw SQL, strong reads, and what depends on a strong model', async () => {
  const statements: string[] = []
  const spy = servers.client(0).$extends({
    query: {
      $allOperations({ model, operation, args, query }) {
        statements.push(`${model ?? ''}.${operation}`)
        return query(args)
      },
    },
  })
  const { prisma, sources } = client({ replicas: [spy], replicaWait: 1000 })
  await prisma.account.create({ data: { id: 'strong', owner: 'o', balance: 1 } })
  await prisma.account.findUnique({ where: { id: 'strong' } }) // put
  await prisma.account.findMany({ where: { owner: 'o' } })
  await prisma.account.findMany({ where: { owner: 'o' }, ...cache({ consistency: 'session' }) })
  const where = await newTeam()
  await prisma.$transaction(async (tx) => {
    await tx.team.findUnique({ where })
    await tx.team.update({ where, data: { name: 'tx' } })
  })
  await prisma.$transaction([prisma.team.findUnique({ where }), prisma.team.findMany({ where })])
  await prisma.$queryRaw`select 1`
  await prisma.team.findMany({ where, ...cache({ consistency: 'strong' }) })
  expect(new Set(sources())).toEqual(new Set(['strong']))
  expect(statements.filter((name) => !name.startsWith('.'))).toEqual([])
})

test('a replica that dies is left alone, and used again when it is back', async () => {
  const { prisma, sources, until } = client({ replicas: [servers.client(0)], replicaWait: 1000 })
  const where = await newTeam()
  await prisma.team.findMany({ where })
  expect(sources()).toEqual(['replica 1'])
  await servers.replicas[0]!.kill('KILL')
  const down = until('replica')
  for (let i = 1; i <= 6; i++) {
    expect(await prisma.team.findMany({ where, take: i })).toEqual([{ ...where, name: 'old' }])
  }
  expect(await down).toMatchObject({ replica: '1', state: 'down' })
  expect(sources().at(-1)).toBe('no-replica')
  await servers.replicas[0]!.restart()
  await servers.replicas[0]!.caughtUp()
  const up = until('replica')
  let take = 10
  do expect(await prisma.team.findMany({ where, take: take++ })).toEqual([{ ...where, name: 'old' }])
  while (sources().at(-1) !== 'replica 1')
  expect(await up).toMatchObject({ state: 'up' })
})

test('while Redis is down a session is answered by a replica that has everything, else by the primary', async () => {
  const redis = 'redis://127.0.0.1:1'
  const patient = client({ redis, replicaWait: 20_000 })
  const where = await newTeam()
  await patient.prisma.team.update({ where, data: { name: 'new' } })
  expect((await patient.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect(patient.sources()).toEqual([expect.stringMatching(/^replica/)])
  const hasty = client({ redis, replicaWait: 20 })
  await pauseAll()
  await hasty.prisma.team.update({ where, data: { name: 'newer' } })
  expect((await hasty.prisma.team.findUnique({ where }))!.name).toBe('newer')
  expect(hasty.sources()).toEqual(['behind'])
})

test('a server that is no standby, and one of another database, are not used as replicas of this one', async () => {
  const elsewhere = new PrismaPg({ connectionString: servers.replicas[0]!.url })
  const { prisma, sources } = client({ replicas: [servers.bench.plain(), elsewhere] })
  const said: unknown[] = []
  prisma.$cache.on('replica', ({ replica, reason }) => said.push([replica, reason]))
  const where = await newTeam()
  await prisma.team.findMany({ where })
  expect(sources()).toEqual(['no-replica'])
  expect(said).toEqual(
    expect.arrayContaining([
      ['1', 'not-a-standby'],
      ['2', 'another-database'],
    ]),
  )
})

test('the wait of writes: answered when the replicas have it, or at its bound', async () => {
  const { prisma } = client({ route: { Team: 'applyWait(20s)' } })
  const where = await newTeam()
  await prisma.team.findMany({ where })
  const behind = servers.replicas.map((_, i) => servers.client(i))
  for (let i = 1; i <= 5; i++) {
    await prisma.team.update({ where, data: { name: `applied ${i}` } })
    for (const replica of behind) expect((await replica.team.findUnique({ where }))!.name).toBe(`applied ${i}`)
  }
  const bounded = client({ route: 'applyWait(30ms)', replicaWait: 0 })
  await bounded.prisma.team.findMany({ where, take: 9 })
  bounded.sources()
  await pauseAll()
  await bounded.prisma.team.update({ where, data: { name: 'late' } })
  expect(await bounded.prisma.team.findMany({ where })).toEqual([{ ...where, name: 'late' }])
  expect(bounded.sources()).toEqual(['behind'])
})

describe('routes', () => {
  test('primaryAfterWrite and sticky: the primary for a session that has written, a replica for others', async () => {
    for (const route of ['primaryAfterWrite', 'sticky(1h)'] as const) {
      const { prisma, sources } = client({ route: { Team: route } })
      const where = await newTeam()
      await prisma.$cache.session(async () => {
        await prisma.team.update({ where, data: { name: 'mine' } })
        await prisma.team.findMany({ where, take: 2 })
        await prisma.user.findMany({ where })
      })
      await prisma.$cache.session(() => prisma.team.findMany({ where, take: 3 }))
      expect(sources()).toEqual([
        route === 'primaryAfterWrite' ? 'own-write' : 'sticky',
        expect.stringMatching(/^replica/),
        expect.stringMatching(/^replica/),
      ])
    }
  })

  test('sticky ends with its window', async () => {
    const { prisma, sources } = client({ route: 'sticky(1ms)' })
    const where = await newTeam()
    await prisma.$cache.session(async () => {
      await prisma.team.update({ where, data: { name: 'mine' } })
      let take = 1
      do expect(await prisma.team.findMany({ where, take: take++ })).toEqual([{ ...where, name: 'mine' }])
      while (!sources()[0]!.startsWith('replica'))
    })
  })

  test('bypassAfterWrite: past the cache once the session has written', async () => {
    const { prisma, events } = client({ route: 'bypassAfterWrite' })
    const where = await newTeam()
    await prisma.$cache.session(async () => {
      await prisma.team.update({ where, data: { name: 'mine' } })
      events()
      expect(await prisma.team.findMany({ where })).toEqual([{ ...where, name: 'mine' }])
    })
    expect(events()).toEqual(['bypass:Team.findMany(after-write)'])
  })

  test('of one call: primary, strong, versionAware', async () => {
    const { prisma, sources } = client({ route: 'primary' })
    const where = await newTeam()
    await prisma.team.findMany({ where })
    await prisma.team.findMany({ where, take: 1, ...cache({ route: 'versionAware' }) })
    await prisma.team.findMany({ where, take: 2, ...cache({ route: 'strong' }) })
    // Team is not strong: the answer is past the cache, of the primary, and no replica is thought of.
    expect(sources()).toEqual(['route', expect.stringMatching(/^replica/)])
    expect(() => cache({ route: 'nearest' as 'primary' })).toThrow(/PC1401.*route/)
  })
})

test('explain says who would be asked, and how far everybody is', async () => {
  const { prisma } = client({ replicaWait: 20 })
  const where = await newTeam()
  await prisma.team.findMany({ where }) // everybody was looked at
  const position = expect.stringMatching(/^1:[0-9A-F]+\/[0-9A-F]+$/)
  expect(await prisma.$cache.explain('Account', 'findMany')).toMatchObject({
    source: 'postgres',
    route: { source: 'primary', why: 'strong' },
  })
  let told = await prisma.$cache.explain('Team', 'findMany', { take: 3 })
  for (; told.kind === 'read' && told.route?.source !== 'replica'; ) {
    told = await prisma.$cache.explain('Team', 'findMany', { take: 3 })
  }
  expect(told).toMatchObject({
    source: 'postgres',
    why: 'absent',
    route: {
      source: 'replica',
      replica: expect.stringMatching(/^[12]$/),
      why: 'at-or-past',
      need: position,
      replicas: [
        { replica: '1', status: 'up', position },
        { replica: '2', status: 'up', position },
      ],
    },
  })
  await pauseAll()
  await prisma.team.update({ where, data: { name: 'new' } })
  expect(await prisma.$cache.explain('Team', 'findMany', { take: 3 })).toMatchObject({
    route: { source: 'primary', why: 'behind', need: position },
  })
})

test('one that is promoted is a replica of this primary no more', async () => {
  const { prisma, sources, until } = client({ replicas: [servers.client(1)] })
  const where = await newTeam()
  await prisma.team.findMany({ where })
  expect(sources()).toEqual(['replica 1'])
  const refused = until('replica')
  promoted = true
  await servers.replicas[1]!.promote()
  await servers.bench.plain().team.update({ where, data: { name: 'only here' } })
  expect(await prisma.team.findMany({ where, take: 1 })).toEqual([{ ...where, name: 'only here' }])
  expect(await refused).toMatchObject({ state: 'refused', reason: 'not-a-standby' })
  expect([['refused'], ['behind']]).toContainEqual(sources()) // the read was there first, or a look beside it
})

test('what a flush has written says where the primary was, so that readers of it need not ask', async () => {
  const { bench } = servers
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    recordPositions: true,
  })
  try {
    const { prisma } = client()
    await prisma.room.findMany() // of a list that nobody has asked for there is no version
    const flushed = new Promise<void>((resolve) => void worker.on('flush', () => resolve()))
    await prisma.room.create({ data: { id: 'flushed', name: 'accepted' } })
    await prisma.$cache.flush('Room')
    await flushed
    const redis = bench.redis()
    const keys = createKeys(bench.namespace)
    for (const tag of [
      { kind: 'row', model: 'Room', row: 'flushed' },
      { kind: 'table', model: 'Room' },
    ] as const) {
      const [epoch, version, position] = ((await redis.get(keys.position(tag))) ?? '').split(' ')
      expect([epoch, version]).toEqual([await redis.get(keys.epoch), await redis.get(keys.tag(tag).version)])
      expect(isPosition(position)).toBe(true)
    }
  } finally {
    await worker.close()
  }
})
