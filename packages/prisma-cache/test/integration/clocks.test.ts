import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const HOUR = 3_600_000

/** Runs a step as a process would whose clock is that much off. */
async function at<T>(offset: number, step: () => PromiseLike<T>): Promise<T> {
  const { now } = Date
  Date.now = () => now() + offset
  try {
    return await step()
  } finally {
    Date.now = now
  }
}

test('H19: processes whose clocks are a day apart take each other’s entries and writes as they come', async () => {
  const [early, late] = [extend(bench), extend(bench)]
  const offsets = new Map([
    [early, -12 * HOUR],
    [late, 12 * HOUR],
  ])
  const as = <T>(client: typeof early, run: (of: Extended) => PromiseLike<T>) =>
    at(offsets.get(client)!, () => run(client.prisma))
  await as(early, (of) => of.account.create({ data: { id: 'clock', owner: 'o', balance: 0 } }))
  await as(late, (of) => of.team.create({ data: { id: 70, name: '0' } }))
  const name = (of: Extended) => of.team.findUnique({ where: { id: 70 } })
  const balance = (of: Extended) => of.account.findUnique({ where: { id: 'clock' } })
  for (const [n, [writer, reader]] of [
    [early, late],
    [late, early],
    [early, late],
  ].entries()) {
    await as(writer!, (of) => of.account.update({ where: { id: 'clock' }, data: { balance: n + 1 } }))
    await as(writer!, (of) => of.team.update({ where: { id: 70 }, data: { name: `${n + 1}` } }))
    for (const client of [reader!, writer!]) {
      expect(Number((await as(client, balance))!.balance)).toBe(n + 1)
      expect((await as(client, name))!.name).toBe(`${n + 1}`)
    }
    // What the one has put or filled is a hit for the other.
    for (const client of [writer!, reader!]) {
      client.events()
      await as(client, balance)
      expect(client.events()).toContain('hit:Account.findUnique')
    }
  }
})

test('H19: the fence of a writer whose clock is behind stands for a writer, and a reader, whose clocks are ahead', async () => {
  const gates = createGates()
  const [behind, ahead] = [extend(bench, { gates }), extend(bench)]
  const where = { id: 'fenced' }
  await behind.plain.account.create({ data: { ...where, owner: 'o', balance: 0 } })
  const statement = gates.hold('Account.update', 'before')
  const { writing } = await at(-12 * HOUR, async () => {
    const begun = start(behind.prisma.account.update({ where, data: { balance: 1 } }))
    await statement.arrived
    return { writing: begun }
  })
  await at(12 * HOUR, async () => {
    await ahead.prisma.account.update({ where, data: { balance: 2 } })
    ahead.events()
    // Which of the two Postgres will take last, nobody knows: nothing may be put, and nothing believed.
    await ahead.prisma.account.findUnique({ where })
    expect(ahead.events()).toEqual(['bypass:Account.findUnique(fenced)'])
  })
  statement.open()
  await writing
  expect(Number((await ahead.prisma.account.findUnique({ where }))!.balance)).toBe(1)
})

test('H19: a session’s token is carried to a process whose clock is behind', async () => {
  const [ahead, behind] = [extend(bench), extend(bench)]
  await ahead.plain.team.create({ data: { id: 71, name: 'old' } })
  const name = () => behind.prisma.team.findUnique({ where: { id: 71 } })
  const filled = behind.until('fill')
  await at(-HOUR, name)
  await filled
  const token = await at(HOUR, () =>
    ahead.prisma.$cache.session(async (session) => {
      await ahead.prisma.team.update({ where: { id: 71 }, data: { name: 'new' } })
      return session.token()
    }),
  )
  const seen = await at(-HOUR, () => behind.prisma.$cache.session.resume(token, name))
  expect(seen!.name).toBe('new')
})

test('H19: how old an entry is, is told by Redis alone', async () => {
  const [writer, reader] = [extend(bench), extend(bench)]
  await writer.plain.team.create({ data: { id: 72, name: 'old' } })
  const name = { where: { id: 72 } }
  const filled = writer.until('fill')
  await at(-24 * HOUR, () => writer.prisma.team.findUnique(name))
  await filled
  reader.events()
  await at(24 * HOUR, () => reader.prisma.team.findUnique({ ...name, cache: { ttl: '9m' } } as typeof name))
  expect(reader.events()).toEqual(['hit:Team.findUnique'])
})
