import { cache } from 'prisma-cache'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

test('where an answer would come from, without asking for it', async () => {
  const gates = createGates()
  const { prisma, until } = extend(bench, { gates })
  const where = { id: 7 }
  const ask = () => prisma.$cache.explain('Team', 'findUnique', { where })
  const about = { kind: 'read', policy: '@cache.invalidate', consistency: 'session' }
  expect(await ask()).toMatchObject({ ...about, source: 'postgres', why: 'absent' })
  const filled = until('fill')
  await prisma.team.create({ data: { id: 7, name: 't' } })
  await prisma.team.findUnique({ where })
  await filled
  const hit = await ask()
  expect(hit).toMatchObject({ source: 'redis', why: 'hit, fresh' })
  expect(hit.kind === 'read' && hit.dependsOn.map(({ tag }) => tag)).toEqual(['r:Team:7', 'w:Team'])
  await prisma.team.update({ where, data: { name: 'u' } })
  expect(await ask()).toMatchObject({ source: 'postgres', why: 'stale' })
  expect(gates.count('Team.findUnique')).toBe(1)
})

test('what goes to Postgres says why', async () => {
  const { prisma } = extend(bench)
  const why = async (...args: Parameters<typeof prisma.$cache.explain>) => {
    const told = await prisma.$cache.explain(...args)
    return [told.kind === 'read' ? told.source : told.road, told.why]
  }
  expect(await why('Comment', 'findMany')).toEqual(['postgres', 'policy-none'])
  expect(await why('Team', 'findMany', { ...cache(false) })).toEqual(['postgres', 'call'])
  expect(await why('Team', 'findMany', { ...cache({ consistency: 'strong' }) })).toEqual([
    'postgres',
    'mixed-consistency',
  ])
  expect(await why('Team', 'findMany', { ...cache({ read: 'none' }) })).toEqual(['postgres', 'read-none'])
  expect(await why('Counter', 'update', { where: { id: 'a' }, data: { hits: 1 } })).toEqual(['queue', 'accepted'])
  expect(await why('Counter', 'updateMany', { data: { hits: 1 } })).toEqual(['postgres', 'operation updateMany'])
  expect(await why('Team', 'update', { where: { id: 1 }, data: {} })).toEqual(['postgres', 'not a write-behind model'])
  await expect(prisma.$cache.explain('Team', 'findAll' as never)).rejects.toMatchObject({ code: 'PC1401' })
})

test('a strong row with a writer in flight', async () => {
  const gates = createGates()
  const { prisma } = extend(bench, { gates })
  await prisma.account.create({ data: { id: 'e', owner: 'x', balance: 1 } })
  const explain = () => prisma.$cache.explain('Account', 'findUnique', { where: { id: 'e' } })
  expect(await explain()).toMatchObject({ source: 'redis', consistency: 'strong' })
  const statement = gates.hold('Account.update', 'before')
  const writing = start(prisma.account.update({ where: { id: 'e' }, data: { owner: 'y' } }))
  await statement.arrived
  expect(await explain()).toMatchObject({ source: 'postgres', why: 'fenced' })
  statement.open()
  await writing
})

test('a list says by what it is narrowed, a write what it touches', async () => {
  const { prisma } = extend(bench)
  const list = await prisma.$cache.explain('Post', 'findMany', { where: { authorId: 3 } })
  expect(list.kind === 'read' && list.dependsOn.map(({ tag }) => tag.replace(/\.[0-9a-f]{6}/, ''))).toEqual([
    'k:Post:authorId==3',
    'f:Post:authorId',
  ])
  const write = await prisma.$cache.explain('User', 'delete', { where: { id: 3 } })
  expect(write).toMatchObject({ kind: 'write', road: 'postgres', fenced: false })
  expect(write.kind === 'write' && [...write.touches].sort()).toEqual(
    ['r:User:3', 't:Comment', 't:Post', 't:Profile', 't:User', 'w:Comment', 'w:Post', 'w:Profile'].sort(),
  )
})

test('clear drops what is cached of every model', async () => {
  const { prisma, plain, until } = extend(bench)
  await prisma.setting.create({ data: { scope: 'c', key: 'k', value: 1 } })
  const where = { scope_key: { scope: 'c', key: 'k' } }
  const filled = until('fill')
  await prisma.team.findMany()
  await filled
  await plain.setting.update({ where, data: { value: 2 } })
  await plain.team.create({ data: { id: 900, name: 'outside' } })
  expect((await prisma.setting.findUnique({ where }))!.value).toBe(1)
  await prisma.$cache.clear()
  expect((await prisma.setting.findUnique({ where }))!.value).toBe(2)
  expect(await prisma.team.count({ where: { id: 900 } })).toBe(1)
  expect((await prisma.team.findMany()).map(({ id }) => id)).toContain(900)
})
