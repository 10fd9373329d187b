import { Redis } from 'ioredis'
import { Prisma } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { type ExtendOptions, extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'
import { countOps } from './support/ops.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

/** A load's lease would last half a minute, and others would be waited for 100 s: longer than a test may take. */
const LONG = 100_000

type Client = ReturnType<typeof extend>

let next = 0
async function newTeam(client: Client): Promise<{ id: number }> {
  next++
  return await client.plain.team.create({ data: { id: 3000 + next, name: 'old' }, select: { id: true } })
}

/** Clients with connections of their own, as of so many processes; all pass the same gates on their way to the database. */
function processes(count: number, options: Omit<ExtendOptions, 'gates'> = {}) {
  const gates = createGates()
  // All of them share one event loop here: an answer that waits for its turn there is not one that does not come.
  const patient = { commandTimeout: 20_000, ...options }
  return { gates, clients: Array.from({ length: count }, () => extend(bench, { gates, ...patient })) }
}

/** Resolves when each client has missed so often. */
async function missed(clients: readonly Client[], times: number): Promise<void> {
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          let seen = 0
          const off = client.prisma.$cache.on('miss', () => {
            if (++seen < times) return
            off()
            resolve()
          })
        }),
    ),
  )
}

/** The entry's text, once it fits. */
async function standing(pattern: string, fits: (text: string) => boolean): Promise<string> {
  const redis = bench.redis()
  for (;;) {
    const [key] = await redis.keys(`${bench.namespace}:${pattern}`)
    const text = key && (await redis.get(key))
    if (text && fits(text)) return key
  }
}
const isMark = (text: string) => text.startsWith('?')
const entryOf = ({ id }: { id: number }) => `{Team#*}:e:*:${id}`
const many = (client: Client, where: { id: number }, count = 10) =>
  Array.from({ length: count }, () => start(client.prisma.team.findUnique({ where })))

test.each([
  ['a row', (client: Client, id: string) => client.prisma.setting.findFirst({ where: { scope: 'cold', key: id } })],
  [
    'a list',
    (client: Client, id: string) =>
      client.prisma.setting.findMany({ where: { scope: 'cold', key: { startsWith: id } } }),
  ],
  ['a strong row', (client: Client, id: string) => client.prisma.account.findUnique({ where: { id } })],
] as const)('H17: 800 readers of one cold key in 4 processes cost one query: %s', async (what, read) => {
  const { gates, clients } = processes(4)
  const { plain } = clients[0]!
  const id = what.replaceAll(' ', '-')
  await plain.setting.create({ data: { scope: 'cold', key: id, value: 1 } })
  await plain.account.create({ data: { id, owner: 'o', balance: 1 } })
  const operation = { 'a row': 'Setting.findFirst', 'a list': 'Setting.findMany', 'a strong row': 'Account.findUnique' }
  const name = operation[what]
  const load = gates.hold(name, 'before')
  const all = missed(clients, 200)
  const reading = clients.flatMap((client) => Array.from({ length: 200 }, () => read(client, id) as Promise<unknown>))
  const answers = Promise.all(reading.map((one) => start(one)))
  await load.arrived
  await all
  load.open()
  const [first, ...others] = await answers
  expect(first).toBeTruthy()
  for (const other of others) expect(other).toEqual(first)
  expect(gates.count(name)).toBe(1)
  const shared = clients.map((client) => client.prisma.$cache.stats().models[name.split('.')[0]!]!.shared)
  expect(shared.sort()).toEqual([0, 1, 1, 1])
})

test('a load that takes long is waited for by other processes, also if each asks once', async () => {
  const { gates, clients } = processes(3)
  const [one, two, three] = clients as [Client, Client, Client]
  const where = await newTeam(one)
  const load = gates.hold('Team.findUnique', 'before')
  const first = many(one, where, 1)
  await load.arrived
  await standing(entryOf(where), isMark)
  const others = missed([two, three], 1)
  const rest = [...many(two, where, 1), ...many(three, where, 1)]
  await others
  load.open()
  for (const row of await Promise.all([...first, ...rest])) expect(row!.name).toBe('old')
  expect(gates.count('Team.findUnique')).toBe(1)
})

test('a query that outlives the lease keeps it', async () => {
  const { gates, clients } = processes(2, { lease: 3000 }) // a load's lease is a third
  const [one, two] = clients as [Client, Client]
  const where = await newTeam(one)
  const load = gates.hold('Team.findUnique', 'before')
  const first = many(one, where)
  await load.arrived
  const key = await standing(entryOf(where), isMark)
  const others = missed([two], 10)
  const rest = many(two, where)
  await others
  // Renewed so often that the first lease is over.
  const redis = bench.redis()
  for (let renewals = 0, last = await redis.pttl(key); renewals < 4; ) {
    const left = await redis.pttl(key)
    expect(left).toBeGreaterThan(0)
    if (left > last) renewals++
    last = left
  }
  load.open()
  await Promise.all([...first, ...rest])
  expect(gates.count('Team.findUnique')).toBe(1)
})

test('one that dies while it loads holds the others for a lease, and one of them takes its place', async () => {
  const { gates, clients } = processes(2, { lease: 3000 })
  const connection = new Redis(bench.redisUrl)
  bench.onClose(async () => connection.disconnect())
  const dying = extend(bench, { gates, redis: connection, lease: 3000 })
  const where = await newTeam(dying)
  const load = gates.hold('Team.findUnique', 'before')
  const lost = many(dying, where)
  await load.arrived
  const key = await standing(entryOf(where), isMark)
  connection.disconnect()
  const others = missed(clients, 1)
  const rest = clients.flatMap((client) => many(client, where, 1))
  await others
  expect(gates.count('Team.findUnique')).toBe(1)
  const left = await bench.redis().pttl(key)
  expect(left).toBeLessThanOrEqual(1000)
  for (const row of await Promise.all(rest)) expect(row!.name).toBe('old')
  expect(gates.count('Team.findUnique')).toBe(2)
  load.open()
  await Promise.all(lost)
})

test('a write while others wait: whoever asks after it gets the new row, and so do they', async () => {
  const { gates, clients } = processes(2, { lease: LONG })
  const [one, two] = clients as [Client, Client]
  const writer = extend(bench)
  const where = await newTeam(one)
  const load = gates.hold('Team.findUnique', 'after')
  const first = many(one, where)
  await load.arrived
  const others = missed([two], 10)
  const rest = many(two, where)
  await others
  // What they hear of beside the statement may have one of them load before it is committed, which is right as well.
  const theirs = gates.hold('Team.findUnique', 'before')
  await writer.prisma.team.update({ where, data: { name: 'new' } })
  theirs.open()
  for (const row of await Promise.all(many(two, where))) expect(row!.name).toBe('new')
  for (const row of await Promise.all(rest)) expect(row!.name).toBe('new')
  const refused = one.until('refusedFill')
  load.open()
  for (const row of await Promise.all(first)) expect(row!.name).toBe('old') // they asked before the write
  expect((await refused).reason).toBe('outrun')
  one.events()
  expect((await one.prisma.team.findUnique({ where }))!.name).toBe('new')
  expect(one.events()).toEqual(['hit:Team.findUnique'])
})

test('a load that fails fails nobody else, and holds nobody up', async () => {
  const lost = new Error('the connection was lost')
  const gates = createGates()
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  let fail = (_: Error) => {}
  const failure = new Promise<never>((_, reject) => {
    fail = reject
  })
  const failing = Prisma.defineExtension({
    query: {
      team: {
        findUnique: () => {
          arrive()
          return failure
        },
      },
    },
  })
  const one = extend(bench, { gates: { ...gates, extension: failing as never }, lease: LONG })
  const two = extend(bench, { gates, lease: LONG })
  const where = await newTeam(two)
  const first = Promise.allSettled(many(one, where))
  await arrived
  const others = missed([two], 10)
  const rest = many(two, where)
  await others
  fail(lost)
  expect(new Set((await first).map((one) => (one as PromiseRejectedResult).reason))).toEqual(new Set([lost]))
  for (const row of await Promise.all(rest)) expect(row!.name).toBe('old')
})

test('strong: who waits under a fence asks the database', async () => {
  const { gates, clients } = processes(2, { lease: LONG })
  const [one, two] = clients as [Client, Client]
  const writing = createGates()
  const writer = extend(bench, { gates: writing })
  const where = { id: 'waits' }
  await one.plain.account.create({ data: { ...where, owner: 'old', balance: 1 } })
  const load = gates.hold('Account.findUnique', 'after')
  const first = Array.from({ length: 10 }, () => start(one.prisma.account.findUnique({ where })))
  await load.arrived
  const others = missed([two], 10)
  const rest = Array.from({ length: 10 }, () => start(two.prisma.account.findUnique({ where })))
  await others
  // Between the fence and COMMIT Postgres rightly answers with the old row: whoever asks it is held until after that.
  const asked = rest.map(() => gates.hold('Account.findUnique', 'before'))
  const committed = writing.hold('Account.update', 'after')
  const update = start(writer.prisma.account.update({ where, data: { owner: 'new' } }))
  await committed.arrived
  for (const gate of asked) gate.open()
  for (const row of await Promise.all(rest)) expect(row!.owner).toBe('new')
  expect(two.events()).toContain('bypass:Account.findUnique(fenced)')
  committed.open()
  await update
  load.open()
  await Promise.all(first)
  expect((await two.prisma.account.findUnique({ where }))!.owner).toBe('new')
})

test('an answer that cannot be kept holds nobody up', async () => {
  const { gates, clients } = processes(3, { lease: LONG })
  const [one, two, three] = clients as [Client, Client, Client]
  const where = { scope: 'long' }
  await one.plain.setting.create({ data: { ...where, key: 'k', value: 'x'.repeat(1_000_001) } })
  const read = (client: Client) =>
    Array.from({ length: 10 }, () =>
      start(client.prisma.setting.findMany({ where, select: { key: true, value: true } })),
    )
  const load = gates.hold('Setting.findMany', 'before')
  const others = missed([two, three], 10)
  const first = read(one)
  await load.arrived
  const rest = [...read(two), ...read(three)]
  await others
  const refused = one.until('refusedFill')
  load.open()
  await Promise.all(first)
  expect((await refused).reason).toBe('too-large')
  // Both load at once, and not one after the other.
  const loads = [gates.hold('Setting.findMany', 'before'), gates.hold('Setting.findMany', 'before')]
  await Promise.all(loads.map((one) => one.arrived))
  for (const one of loads) one.open()
  await Promise.all(rest)
  expect(gates.count('Setting.findMany')).toBe(3)
})

test('an ordinary miss costs no command for it', async () => {
  const redis = bench.redis()
  const row = { id: 3999, name: 'answered at once' }
  const atOnce = Prisma.defineExtension({ query: { team: { findUnique: async () => row as never } } })
  const client = extend(bench, { redis, gates: { ...createGates(), extension: atOnce as never } })
  const read = () => client.prisma.team.findUnique({ where: { id: row.id } })
  const filled = client.until('fill')
  await read()
  await filled
  await client.prisma.$cache.invalidate('Team', { id: row.id })
  const refilled = client.until('fill')
  const ops = countOps(redis)
  await read()
  await refilled
  expect(ops.take().commands).toEqual(['mget', 'evalsha'])
  await client.prisma.$disconnect()
})
