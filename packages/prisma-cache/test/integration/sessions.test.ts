import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

test('a session that wrote more than its token can name reads rows older than that from the cache, after one load', async () => {
  const client = extend(bench)
  const { prisma } = client
  await client.plain.team.create({ data: { id: 1, name: 'older' } })
  const filled = client.until('fill')
  await prisma.team.findUnique({ where: { id: 1 } })
  await filled
  await prisma.$cache.session(async () => {
    for (let id = 100; id < 200; id++) await prisma.team.create({ data: { id, name: 'new' } })
    client.events()
    const refilled = client.until('fill')
    expect((await prisma.team.findUnique({ where: { id: 1 } }))!.name).toBe('older')
    await refilled
    expect((await prisma.team.findUnique({ where: { id: 1 } }))!.name).toBe('older')
    expect(client.events()).toEqual(['miss:Team.findUnique(behind)', 'fill:Team.findUnique', 'hit:Team.findUnique'])
  })
})

test('calls outside any session keep their hits, however much the process writes', async () => {
  const client = extend(bench)
  const { prisma } = client
  await client.plain.team.createMany({ data: [1, 2, 3].map((n) => ({ id: 300 + n, name: 'older' })) })
  for (const n of [1, 2, 3]) {
    const filled = client.until('fill')
    await prisma.team.findUnique({ where: { id: 300 + n } })
    await filled
  }
  for (let id = 400; id < 500; id++) await prisma.team.create({ data: { id, name: 'new' } })
  client.events()
  for (const n of [1, 2, 3]) await prisma.team.findUnique({ where: { id: 300 + n } })
  expect(client.events()).toEqual(Array(3).fill('hit:Team.findUnique'))
})

test('a session resumed elsewhere does not believe an entry from before its write', async () => {
  const one = extend(bench)
  const two = extend(bench)
  const where = { id: 2 }
  await one.plain.team.create({ data: { ...where, name: 'old' } })
  const filled = two.until('fill')
  await two.prisma.team.findUnique({ where })
  await filled
  const redis = bench.redis()
  const keys = createKeys(bench.namespace)
  const names = [
    keys.tag({ kind: 'row', model: 'Team', row: '2' }).version,
    keys.tag({ kind: 'wide', model: 'Team' }).version,
  ]
  const before = await redis.mget(...names)
  const token = await one.prisma.$cache.session(async (session) => {
    await one.prisma.team.update({ where, data: { name: 'new' } })
    return session.token()
  })
  // As after a failover to a server that missed the publication: the versions, and the entry under them, are back.
  await redis.mset(...names.flatMap((name, i) => [name, before[i]!]))
  expect((await two.prisma.team.findUnique({ where }))!.name).toBe('old')
  const seen = await two.prisma.$cache.session.resume(token, () => two.prisma.team.findUnique({ where }))
  expect(seen!.name).toBe('new')
  expect((await two.prisma.team.findUnique({ where }))!.name).toBe('new')
})

test('an operation that is only started inside a session, and awaited outside, belongs to it', async () => {
  const { prisma } = extend(bench)
  await prisma.counter.create({ data: { id: 'lazy' } }).catch(() => {}) // no worker runs here: only accepted
  const token = prisma.$cache.session((session) => session.token())
  const row = await prisma.$cache.session.resume(token, () => prisma.counter.findUnique({ where: { id: 'lazy' } }))
  expect(row!.id).toBe('lazy')
})
