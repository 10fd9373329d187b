import { cache } from 'prisma-cache'
import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

/** Two processes' worth of clients; operations of the first can be held. */
function two() {
  const gate = createGates()
  return { gate, held: extend(bench, { gates: gate }), other: extend(bench) }
}

let next = 0
async function newTeam(client: ReturnType<typeof extend>): Promise<{ id: number }> {
  next++
  return await client.plain.team.create({ data: { id: 1000 + next, name: 'old' }, select: { id: true } })
}

test('H1: a fill that raced an invalidation is dead on arrival', async () => {
  const { gate, held, other } = two()
  const where = await newTeam(other)
  const load = gate.hold('Team.findUnique', 'after')
  const filled = held.until('fill')
  const reading = start(held.prisma.team.findUnique({ where }))
  await load.arrived
  await other.prisma.team.update({ where, data: { name: 'new' } })
  load.open()
  expect((await reading)!.name).toBe('old')
  await filled
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect((await held.prisma.team.findUnique({ where }))!.name).toBe('new')
})

test('H2: what a reader caches between the statement and COMMIT does not outlive it', async () => {
  const { gate, held, other } = two()
  const where = await newTeam(other)
  const statement = gate.hold('Team.update', 'before')
  const writing = start(held.prisma.team.update({ where, data: { name: 'new' } }))
  await statement.arrived
  const filled = other.until('fill')
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('old')
  await filled
  statement.open()
  await writing
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('new')
})

test('H2 in a transaction: the reader between an update and COMMIT', async () => {
  const { held, other } = two()
  const where = await newTeam(other)
  await held.prisma.$transaction(async (tx) => {
    await tx.team.update({ where, data: { name: 'new' } })
    const filled = other.until('fill')
    expect((await other.prisma.team.findUnique({ where }))!.name).toBe('old')
    await filled
    expect((await other.prisma.team.findUnique({ where }))!.name).toBe('old')
  })
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('new')
})

test('H4: a root client’s write inside a callback is published by itself, whatever becomes of the transaction', async () => {
  const { gate, held, other } = two()
  // An `eventual` model: no version is replaced before the statement has run.
  const { id } = await other.plain.profile.create({ data: { bio: 'old', user: { create: { email: 'h4@x' } } } })
  const where = { id }
  await expect(
    held.prisma.$transaction(async (tx) => {
      await tx.comment.count()
      const statement = gate.hold('Profile.update', 'before')
      const writing = start(held.prisma.profile.update({ where, data: { bio: 'new' } }))
      await statement.arrived
      const filled = other.until('fill')
      await other.prisma.profile.findUnique({ where })
      await filled
      statement.open()
      await writing
      expect((await other.prisma.profile.findUnique({ where }))!.bio).toBe('new')
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  expect((await other.prisma.profile.findUnique({ where }))!.bio).toBe('new')
})

test('strong: between COMMIT and publish a reader never gets the old row, nor caches one', async () => {
  const { gate, held, other } = two()
  const where = { id: 'committed' }
  await other.prisma.account.create({ data: { ...where, owner: 'old', balance: 1 } })
  expect((await other.prisma.account.findUnique({ where }))!.owner).toBe('old')
  const committed = gate.hold('Account.update', 'after')
  const writing = start(held.prisma.account.update({ where, data: { owner: 'new' } }))
  await committed.arrived
  other.events()
  for (let i = 0; i < 3; i++) expect((await other.prisma.account.findUnique({ where }))!.owner).toBe('new')
  expect(other.events()).toEqual(Array(3).fill('bypass:Account.findUnique(fenced)'))
  committed.open()
  await writing
  expect((await other.prisma.account.findUnique({ where }))!.owner).toBe('new')
  expect(other.events()).toEqual(['hit:Account.findUnique'])
})

test('strong: a fence is renewed for as long as its writer waits for Postgres', async () => {
  const gate = createGates()
  const writer = extend(bench, { gates: gate, lease: 300 })
  const reader = extend(bench, { lease: 300 })
  const { id } = await writer.prisma.account.create({ data: { owner: 'renewed', balance: 1 } })
  const held = gate.hold('Account.update', 'before')
  const update = start(writer.prisma.account.update({ where: { id }, data: { balance: 2 } }))
  await held.arrived
  await writer.plain.$queryRaw`select pg_sleep(0.7)::text` // longer than two leases
  reader.events()
  expect((await reader.prisma.account.findUnique({ where: { id } }))!.balance.toString()).toBe('1')
  expect(reader.events()).toEqual(['bypass:Account.findUnique(fenced)'])
  held.open()
  await update
  expect((await reader.prisma.account.findUnique({ where: { id } }))!.balance.toString()).toBe('2')
})

test('strong: a weaker read under a fence fills nothing that a strong read could find when the writer is gone', async () => {
  const { gate, held, other } = two()
  const where = { id: 'weaker' }
  await other.plain.account.create({ data: { ...where, owner: 'old', balance: 1 } })
  const redis = bench.redis()
  const keys = createKeys(bench.namespace)
  const statement = gate.hold('Account.update', 'before')
  const writing = start(held.prisma.account.update({ where, data: { owner: 'new' } }))
  await statement.arrived
  for (const consistency of ['session', 'eventual'] as const) {
    expect((await other.prisma.account.findUnique({ where, ...cache({ consistency }) }))!.owner).toBe('old')
  }
  // The writer commits and dies: nobody publishes, and its fences end with their lease.
  await held.plain.account.update({ where, data: { owner: 'new' } })
  await redis.del(
    ...(['table', 'wide'] as const).map((kind) => keys.tag({ kind, model: 'Account' }).fence),
    keys.tag({ kind: 'row', model: 'Account', row: 'weaker' }).fence,
  )
  expect((await other.prisma.account.findUnique({ where }))!.owner).toBe('new')
  statement.open()
  await writing
})

test('strong: a list is fenced by a write to any of its rows', async () => {
  const { gate, held, other } = two()
  await other.prisma.account.create({ data: { id: 'listed', owner: 'old', balance: 1 } })
  const filled = other.until('fill')
  const list = () => other.prisma.account.findMany({ where: { id: 'listed' }, select: { owner: true } })
  await list()
  await filled
  const committed = gate.hold('Account.updateMany', 'after')
  const writing = start(held.prisma.account.updateMany({ where: { id: 'listed' }, data: { owner: 'new' } }))
  await committed.arrived
  expect(await list()).toEqual([{ owner: 'new' }])
  committed.open()
  await writing
  expect(await list()).toEqual([{ owner: 'new' }])
})

test('write-through: of two overlapping writers neither puts, whoever commits first', async () => {
  for (const heldAt of ['before', 'after'] as const) {
    const { gate, held, other } = two()
    const where = { id: `overlap-${heldAt}` }
    await other.prisma.account.create({ data: { ...where, owner: 'start', balance: 1 } })
    const hold = gate.hold('Account.update', heldAt)
    const writing = start(held.prisma.account.update({ where, data: { owner: 'held' } }))
    await hold.arrived
    await other.prisma.account.update({ where, data: { owner: 'other' } })
    hold.open()
    await writing
    const truth = await other.plain.account.findUnique({ where })
    expect(truth!.owner).toBe(heldAt === 'before' ? 'held' : 'other')
    expect(await other.prisma.account.findUnique({ where })).toEqual(truth)
    expect(await held.prisma.account.findUnique({ where })).toEqual(truth)
  }
})

test('write-through: a bulk write that overlaps a put reaches the row', async () => {
  const { gate, held, other } = two()
  const where = { id: 'bulk' }
  await other.prisma.account.create({ data: { ...where, owner: 'start', balance: 1 } })
  const bulk = gate.hold('Account.updateMany', 'after')
  const writing = start(held.prisma.account.updateMany({ where, data: { owner: 'bulk' } }))
  await bulk.arrived
  await other.prisma.account.update({ where, data: { version: 1 } })
  await other.plain.account.update({ where, data: { version: 2 } }) // nobody publishes this one
  bulk.open()
  await writing
  expect((await other.prisma.account.findUnique({ where }))!.version).toBe(2)
})

test('H18: an evicted version brings no old entry back', async () => {
  const { held, other } = two()
  const where = await newTeam(other)
  const redis = bench.redis()
  const keys = createKeys(bench.namespace)
  const filled = other.until('fill')
  await other.prisma.team.findUnique({ where })
  await filled
  await redis.del(keys.tag({ kind: 'row', model: 'Team', row: String(where.id) }).version)
  await held.plain.team.update({ where, data: { name: 'unseen' } })
  const refilled = other.until('fill')
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('unseen')
  await refilled
  // Nor is a missing one an entry's own: a write that finds none to replace must still be seen.
  await redis.del(keys.tag({ kind: 'row', model: 'Team', row: String(where.id) }).version)
  await held.prisma.team.update({ where, data: { name: 'newest' } })
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('newest')
})

test('a key that the database takes for another text’s is not cached under either', async () => {
  const { held, other } = two()
  await other.plain
    .$executeRaw`create collation "no_case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`
  await other.plain.$executeRaw`alter table "Account" alter column "id" type text collate "no_case"`
  await other.plain.account.create({ data: { id: 'ABC', owner: 'old', balance: 1 } })
  const refused = other.until('refusedFill')
  expect((await other.prisma.account.findUnique({ where: { id: 'abc' } }))!.owner).toBe('old')
  expect((await refused).reason).toBe('other-row')
  await held.prisma.account.update({ where: { id: 'ABC' }, data: { owner: 'new' } })
  expect((await other.prisma.account.findUnique({ where: { id: 'abc' } }))!.owner).toBe('new')
  await held.prisma.account.update({ where: { id: 'aBc' }, data: { owner: 'newer' } })
  for (const id of ['ABC', 'abc', 'aBc']) {
    expect((await other.prisma.account.findUnique({ where: { id } }))!.owner).toBe('newer')
  }
})

test('H25: a cached “not found” dies with the create, under a key that only the database knew', async () => {
  const { other, held } = two()
  const [{ next: id }] = (await other.plain.$queryRawUnsafe(`select last_value + 1 as next from "Team_id_seq"`)) as [
    { next: bigint },
  ]
  const where = { id: Number(id) }
  await other.plain.$queryRawUnsafe(`select setval('"Team_id_seq"', ${id}, false)`)
  const filled = other.until('fill')
  expect(await other.prisma.team.findUnique({ where })).toBeNull()
  await filled
  const made = await held.prisma.team.create({ data: { name: 'made' } })
  expect(made.id).toBe(where.id)
  expect(await other.prisma.team.findUnique({ where })).toEqual(made)
})

test('a change that nobody published is noticed by the next fill of the same stamp', async () => {
  const { gate, held, other } = two()
  const where = await newTeam(other)
  const load = gate.hold('Team.findUnique', 'after')
  const reading = start(held.prisma.team.findUnique({ where }))
  await load.arrived
  await other.plain.team.update({ where, data: { name: 'outside' } })
  const filled = other.until('fill')
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('outside')
  await filled
  const conflict = held.until('conflict')
  load.open()
  await reading
  await conflict
  expect((await other.prisma.team.findUnique({ where }))!.name).toBe('outside')
})

test('H17: readers of one cold key in one process cost one load', async () => {
  const { gate, held } = two()
  const where = await newTeam(held)
  const load = gate.hold('Team.findUnique', 'before')
  const readers = Array.from({ length: 20 }, () => start(held.prisma.team.findUnique({ where })))
  await load.arrived
  load.open()
  expect(new Set((await Promise.all(readers)).map((row) => row!.name))).toEqual(new Set(['old']))
  expect(gate.count('Team.findUnique')).toBe(1)
})
