import { cache } from 'prisma-cache'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

// Routes that say something where there are no replicas, too. No worker runs here: what is accepted stays pending.

test('showPending: a list does not wait for what the session has pending, and status tells of it', async () => {
  const { prisma } = extend(bench, { route: { Room: 'showPending' } })
  await prisma.$cache.session(async () => {
    await prisma.room.create({ data: { id: 'shown', name: 'accepted' } })
    const list = { where: { id: 'shown' } }
    const told = async () => (await prisma.$cache.explain('Room', 'findMany', list)) as { source: string; why: string }
    expect(await told()).toMatchObject({ source: 'postgres', why: 'absent' })
    expect(await prisma.room.findMany(list)).toEqual([])
    expect(await prisma.$cache.status('Room', { id: 'shown' })).toBe('pending')
    expect((await prisma.room.findUnique({ where: { id: 'shown' } }))!.name).toBe('accepted')
  })
})

test('explain says that what the session has pending is applied before a list, and before what Prisma alone can answer', async () => {
  const told = async (prisma: Extended, operation: 'findMany' | 'findUnique', args: object) => {
    const { kind, ...rest } = await prisma.$cache.explain('Room', operation, args)
    return kind === 'read' && 'source' in rest ? [rest.source, rest.why] : undefined
  }
  const list = { where: { name: 'explained' } }
  const omitting = { where: { id: 'explained' }, omit: { uses: true } }
  const { prisma } = extend(bench)
  await prisma.$cache.session(async () => {
    await prisma.room.create({ data: { id: 'explained', name: 'explained' } })
    expect(await told(prisma, 'findMany', list)).toEqual(['postgres', 'flush'])
    expect(await told(prisma, 'findUnique', { where: { id: 'explained' } })).toEqual(['pending', 'pending'])
    expect(await told(prisma, 'findUnique', omitting)).toEqual(['postgres', 'flush'])
  })
  const { prisma: shows } = extend(bench, { route: { Room: 'showPending' } })
  expect(await told(shows, 'findUnique', omitting)).toEqual(['postgres', 'absent'])
})

test('bypassAfterWrite: by key and by list, for the session that has written, and for no other', async () => {
  const { prisma, events } = extend(bench, { route: { Team: 'bypassAfterWrite' } })
  const where = { id: 1 }
  await prisma.team.create({ data: { ...where, name: 'old' } })
  const others = () => events().filter((text) => !text.startsWith('fill'))
  await prisma.$cache.session(() => prisma.team.findUnique({ where }))
  await prisma.$cache.session(async () => {
    await prisma.team.update({ where, data: { name: 'new' } })
    events()
    expect((await prisma.team.findUnique({ where }))!.name).toBe('new')
    await prisma.team.findMany({ where })
  })
  expect(others()).toEqual(['bypass:Team.findUnique(after-write)', 'bypass:Team.findMany(after-write)'])
  await prisma.$cache.session(() => prisma.team.findUnique({ where }))
  expect(others()[0]).toMatch(/^(miss|hit):Team.findUnique/)
})

test('strong, of a model and of one call: past the cache where the model is not', async () => {
  const { prisma, events } = extend(bench, { route: { Team: 'strong' } })
  await prisma.team.findUnique({ where: { id: 1 } })
  await prisma.user.findUnique({ where: { id: 1 }, ...cache({ route: 'strong' }) })
  expect(events()).toEqual(['bypass:Team.findUnique(mixed-consistency)', 'bypass:User.findUnique(mixed-consistency)'])
})

test.each([
  [{ route: 'nearest' }, /`route` is "nearest"; it can be/],
  [{ route: { Nope: 'primary' } }, /`route` names Nope/],
  [{ route: { Team: 'sticky' } }, /`route.Team` is "sticky"/],
  [{ replicas: 'one' }, /`replicas` is no list/],
  [{ replicas: [{}] }, /`replicas\[0\]` is neither a Prisma client nor a driver adapter/],
  [{ replicaWait: -1 }, /`replicaWait` is -1/],
  [{ tokenLife: 0 }, /`tokenLife` is 0/],
])('options that make no sense are PC1003: %j', (options, why) => {
  const apply = () => extend(bench, options as never)
  expect(apply).toThrow(why)
  expect(apply).toThrow(/^PC1003/)
})
