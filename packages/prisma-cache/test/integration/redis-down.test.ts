import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { createKeys } from '../../src/protocol/keys.js'
import { verifyEpoch } from '../../src/store/epoch.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
let server: RedisServer
beforeAll(async () => {
  bench = await createBench()
  server = await startRedis()
  const redis = new Redis(server.url)
  await verifyEpoch(redis, createKeys(bench.namespace), 1)
  redis.disconnect()
})
afterAll(async () => {
  await bench.close()
  await server.stop()
})

const extended = () => extend(bench, { redis: server.url })

async function up(client: ReturnType<typeof extend>): Promise<void> {
  const { link } = { link: client.until('link') }
  if ((await link).state !== 'up') await up(client)
}

test('a Redis that cannot be used says so once, with its address and reason, and every error names them', async () => {
  const warnings: unknown[] = []
  const { emitWarning } = process
  process.emitWarning = (warning: unknown) => void warnings.push(warning)
  const client = extend(bench, { redis: 'redis://127.0.0.1:1' })
  await client.prisma.team.findMany()
  await client.prisma.team.findMany()
  const reason = { message: expect.stringContaining('127.0.0.1:1 is not reachable (connect ECONNREFUSED') }
  for (const [call, code] of [
    [() => client.prisma.$cache.flush(), 'PC1101'],
    [() => client.prisma.$cache.pending(), 'PC1101'],
    [() => client.prisma.$cache.status('Counter', { id: 'x' }), 'PC1101'],
    [() => client.prisma.account.create({ data: { owner: 'x', balance: 1 } }), 'PC1101'],
    [() => client.prisma.counter.create({ data: { id: 'x' } }), 'PC1301'],
  ] as const) {
    await expect(call()).rejects.toMatchObject({ code, ...reason })
  }
  process.emitWarning = emitWarning
  expect(warnings).toEqual([reason.message])
})

test('a database number that the server does not have is no cache, not database 0', async () => {
  const client = extend(bench, { redis: `${server.url}/99` })
  await client.prisma.team.count()
  await expect(client.prisma.$cache.pending()).rejects.toMatchObject({
    code: 'PC1101',
    message: expect.stringContaining('DB index is out of range'),
  })
})

test('a promise that the server cannot keep is refused before anything is accepted', async () => {
  const forgetful = await startRedis({ appendOnly: false })
  const client = extend(bench, { redis: forgetful.url })
  await expect(client.prisma.visit.create({ data: { counterId: 'c' } })).rejects.toMatchObject({
    code: 'PC1102',
    message: expect.stringContaining('Set `appendonly yes`'),
  })
  expect((await client.prisma.$cache.pending('Visit')).Visit!.count).toBe(0)
  await client.prisma.counter.create({ data: { id: 'memory' } }) // promises nothing but memory
  await client.prisma.$disconnect()
  await forgetful.stop()
})

test('nobody listens at the URL: reads and session writes go to Postgres, strong writes are refused untouched', async () => {
  const client = extend(bench, { redis: 'redis://127.0.0.1:1' })
  const team = await client.prisma.team.create({ data: { name: 'made without Redis' } })
  expect(await client.prisma.team.findUnique({ where: { id: team.id } })).toEqual(team)
  expect(await client.prisma.team.findMany({ where: { id: team.id } })).toEqual([team])
  await client.prisma.$transaction(async (tx) => {
    await tx.team.update({ where: { id: team.id }, data: { name: 'changed' } })
  })
  expect((await client.prisma.team.findUnique({ where: { id: team.id } }))!.name).toBe('changed')
  await expect(client.prisma.account.create({ data: { id: 'refused', owner: 'x', balance: 1 } })).rejects.toMatchObject(
    { code: 'PC1101', message: expect.stringMatching(/ECONNREFUSED/) },
  )
  expect(await client.plain.account.findUnique({ where: { id: 'refused' } })).toBeNull()
  await expect(client.prisma.counter.create({ data: { id: 'queued' } })).rejects.toMatchObject({ code: 'PC1301' })
})

test('an array transaction with a strong write that is refused commits nothing and hangs nobody', async () => {
  const client = extend(bench, { redis: 'redis://127.0.0.1:1' })
  const both = client.prisma.$transaction([
    client.prisma.team.create({ data: { id: 5000, name: 'first' } }),
    client.prisma.account.create({ data: { id: 'array-refused', owner: 'x', balance: 1 } }),
    client.prisma.team.create({ data: { id: 5001, name: 'last' } }),
  ])
  await expect(both).rejects.toMatchObject({ code: 'PC1101' })
  expect(await client.plain.team.count({ where: { id: { in: [5000, 5001] } } })).toBe(0)
  expect(await client.plain.account.findUnique({ where: { id: 'array-refused' } })).toBeNull()
  expect((await client.prisma.team.create({ data: { id: 5000, name: 'again' } })).name).toBe('again')
})

test('a strong transaction that outlives its lease while Redis is gone is rolled back, not committed unfenced', async () => {
  const client = extend(bench, { redis: server.url, lease: 300 })
  await client.prisma.account.create({ data: { id: 'leased', owner: 'old', balance: 1 } })
  const transaction = client.prisma.$transaction(async (tx) => {
    await tx.account.update({ where: { id: 'leased' }, data: { owner: 'unfenced' } })
    await server.kill('KILL')
    await client.plain.$queryRaw`select pg_sleep(0.5)::text` // longer than the lease, past the cache
  })
  await expect(transaction).rejects.toMatchObject({ code: 'PC1101' })
  expect((await client.plain.account.findUnique({ where: { id: 'leased' } }))!.owner).toBe('old')
  const back = up(client)
  await server.restart()
  await back
})

test('Redis dies between COMMIT and publish: the write stands, and no old row is served after its return', async () => {
  const gate = createGates()
  const client = extend(bench, { redis: server.url, gates: gate })
  const other = extended()
  const where = { id: 4000 }
  await client.plain.team.create({ data: { ...where, name: 'old' } })
  const filled = other.until('fill')
  await other.prisma.team.findUnique({ where })
  await filled
  const committed = gate.hold('Team.update', 'after')
  const writing = start(client.prisma.team.update({ where, data: { name: 'new' } }))
  await committed.arrived
  await server.kill('KILL')
  committed.open()
  expect((await writing).name).toBe('new')
  expect((await client.prisma.team.findUnique({ where }))!.name).toBe('new')
  const back = Promise.all([up(client), up(other)])
  await server.restart()
  await back
  expect((await client.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect(client.events()).toContain('settled')
})

test('a publication that Redis does not answer is owed: this process mistrusts its tags until it is done', async () => {
  const client = extended()
  const where = { id: 4100 }
  await client.plain.team.create({ data: { ...where, name: 'old' } })
  const filled = client.until('fill')
  await client.prisma.team.findUnique({ where })
  await filled
  const redis = new Redis(server.url)
  await redis.call('CLIENT', 'PAUSE', '20000', 'WRITE')
  await client.prisma.team.update({ where, data: { name: 'new' } })
  client.events()
  expect((await client.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect(client.events()).toEqual(['bypass:Team.findUnique(unpublished)'])
  const settled = client.until('settled')
  await redis.call('CLIENT', 'UNPAUSE')
  await settled
  expect((await client.prisma.team.findUnique({ where }))!.name).toBe('new')
  redis.disconnect()
})

test('a Redis that does not answer costs a few timeouts, then nobody waits for it until it answers again', async () => {
  const gate = createGates()
  const client = extend(bench, { redis: server.url, gates: gate, commandTimeout: 400 })
  const where = { id: 4200 }
  await client.plain.team.create({ data: { ...where, name: 'slow' } })
  const filled = client.until('fill')
  await client.prisma.team.findUnique({ where })
  await filled
  const redis = new Redis(server.url)
  const down = client.until('link')
  await redis.call('CLIENT', 'PAUSE', '60000', 'ALL')
  for (let i = 0; i < 3; i++) expect((await client.prisma.team.findUnique({ where }))!.name).toBe('slow')
  expect((await down).state).toBe('down')
  // Nobody waits, and together the readers ask Postgres for no more than the running load and the one after it.
  const before = gate.count('Team.findUnique')
  const held = gate.hold('Team.findUnique', 'before')
  const readers = Array.from({ length: 20 }, () => start(client.prisma.team.findUnique({ where })))
  await held.arrived
  held.open()
  expect(new Set((await Promise.all(readers)).map((row) => row!.name))).toEqual(new Set(['slow']))
  expect(gate.count('Team.findUnique') - before).toBe(2)
  const back = up(client)
  await server.kill('KILL') // a paused server answers not even the command that would end the pause
  await server.restart()
  await back
  redis.disconnect()
})

test('Redis comes back empty: a new epoch, and for a lease nobody puts and strong reads bypass', async () => {
  const client = extended()
  await client.prisma.account.create({ data: { id: 'epoch', owner: 'a', balance: 1 } })
  const redis = new Redis(server.url)
  await redis.flushall()
  const back = up(client)
  await client.prisma.account.findUnique({ where: { id: 'epoch' } })
  await back
  client.events()
  await client.prisma.account.update({ where: { id: 'epoch' }, data: { owner: 'b' } })
  expect((await client.prisma.account.findUnique({ where: { id: 'epoch' } }))!.owner).toBe('b')
  expect(client.events()).toContain('bypass:Account.findUnique(fenced)')
  expect(await redis.keys(`${bench.namespace}:*:e:*:epoch`)).toEqual([])
  await redis.del(createKeys(bench.namespace).quarantine)
  redis.disconnect()
})

test('$disconnect ends the connection, and the next operation opens it again', async () => {
  const client = extended()
  const redis = new Redis(server.url)
  const count = async () => ((await redis.call('CLIENT', 'LIST')) as string).split('\n').filter(Boolean).length
  const own = () => client.prisma.$cache.stats().models.Team?.misses
  const before = await count()
  await client.prisma.team.findMany()
  expect(await count()).toBeGreaterThan(before)
  await client.prisma.$disconnect()
  while ((await count()) > before); // the server notices in its own time
  expect(own()).toBe(1)
  await client.prisma.team.findMany()
  expect(await count()).toBeGreaterThan(before)
  redis.disconnect()
})

test('a borrowed client is left open', async () => {
  const borrowed = new Redis(server.url)
  const client = extend(bench, { redis: borrowed })
  const filled = client.until('fill')
  await client.prisma.team.count()
  await filled
  await client.prisma.team.count()
  expect(client.events()).toContain('hit:Team.count')
  await client.prisma.$disconnect()
  expect(await borrowed.ping()).toBe('PONG')
  borrowed.disconnect()
})
