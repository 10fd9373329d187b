import { cache } from 'prisma-cache'
import { Prisma } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

/** Reads, waits for the fill, reads again: both answers. */
async function twice<T>(client: ReturnType<typeof extend>, read: () => Promise<T>): Promise<[T, T]> {
  const filled = client.until('fill')
  const first = await read()
  await filled
  return [first, await read()]
}

test('findUnique by primary key: a miss, a fill, then a hit, in Prisma’s own types', async () => {
  const client = extend(bench)
  const plain = client.plain
  const made = await plain.account.create({ data: { owner: 'ada', balance: '10.50' } })
  const [first, second] = await twice(client, () => client.prisma.account.findUnique({ where: { id: made.id } }))
  expect(first).toEqual(made)
  expect(second).toEqual(made)
  expect(Prisma.Decimal.isDecimal(second!.balance)).toBe(true)
  expect(client.events()).toEqual([
    'miss:Account.findUnique(absent)',
    'fill:Account.findUnique',
    'hit:Account.findUnique',
  ])
})

test('one row serves every selection of its scalars, in the order and shape that Prisma gives', async () => {
  const client = extend(bench)
  const made = await client.plain.account.create({ data: { owner: 'bob', balance: 1 } })
  await twice(client, () => client.prisma.account.findUnique({ where: { id: made.id } }))
  client.events()
  for (const select of [{ balance: true, id: true }, { owner: true }, { id: true, owner: false }] as const) {
    const ours = await client.prisma.account.findUnique({ where: { id: made.id }, select })
    const theirs = await client.plain.account.findUnique({ where: { id: made.id }, select })
    expect(ours).toEqual(theirs)
    expect(Object.keys(ours!)).toEqual(Object.keys(theirs!))
  }
  expect(client.events()).toEqual(Array(3).fill('hit:Account.findUnique'))
})

test('every scalar type comes back from the cache as from Postgres', async () => {
  const client = extend(bench)
  const rows = [
    {
      id: 'full',
      s: 'a"\n\u0000'.slice(0, 3),
      b: false,
      i: -7,
      l: 9007199254740993n,
      f: -0,
      d: new Prisma.Decimal('12345678901234567890.0123456789'),
      t: new Date('1999-12-31T23:59:59.123Z'),
      tz: new Date('2038-01-19T03:14:08.999Z'),
      day: new Date('2020-02-29'),
      j: { $d: 1, $$x: [null, -0, { __proto__: null, a: 1n.toString() }], '': {} },
      y: new Uint8Array([0, 255, 10]),
      e: 'PAID' as const,
      strings: ['', 'x,y'],
      ints: [1, -1],
      big: [1n, -9223372036854775808n],
      uuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
    },
    { id: 'nulls' },
    { id: 'odd', f: Number.NaN, j: Prisma.JsonNull, s: '', y: new Uint8Array(), d: '0' },
  ]
  for (const data of rows) await client.plain.plain.create({ data })
  const expected = await client.plain.plain.findMany({ orderBy: { id: 'asc' } })
  const [, list] = await twice(client, () => client.prisma.plain.findMany({ orderBy: { id: 'asc' } }))
  expect(list).toEqual(expected)
  for (const row of expected) {
    const [, hit] = await twice(client, () => client.prisma.plain.findUnique({ where: { id: row.id } }))
    expect(hit).toEqual(row)
    expect(Object.is(hit!.f, row.f)).toBe(true)
    if (row.y) expect(hit!.y!.constructor).toBe(row.y.constructor)
  }
  const [, total] = await twice(client, () =>
    client.prisma.plain.aggregate({ _count: true, _sum: { l: true, d: true, f: true }, _min: { t: true } }),
  )
  expect(total).toEqual(
    await client.plain.plain.aggregate({ _count: true, _sum: { l: true, d: true, f: true }, _min: { t: true } }),
  )
})

test('no two callers share an object', async () => {
  const client = extend(bench)
  await client.plain.setting.create({ data: { scope: 's', key: 'k', value: { list: [1] } } })
  const where = { scope_key: { scope: 's', key: 'k' } }
  const both = await Promise.all([
    client.prisma.setting.findUnique({ where }),
    client.prisma.setting.findUnique({ where }),
  ])
  ;(both[0]!.value as { list: number[] }).list.push(2)
  expect(both[1]!.value).toEqual({ list: [1] })
  const hit = await client.prisma.setting.findUnique({ where })
  ;(hit!.value as { list: number[] }).list.push(3)
  expect((await client.prisma.setting.findUnique({ where }))!.value).toEqual({ list: [1] })
})

test('a missing row is believed, and no longer once it is made', async () => {
  const client = extend(bench)
  const where = { scope_key: { scope: 'new', key: 'k' } }
  const [first, second] = await twice(client, () => client.prisma.setting.findUnique({ where }))
  expect([first, second]).toEqual([null, null])
  await expect(client.prisma.setting.findUniqueOrThrow({ where })).rejects.toMatchObject({ code: 'P2025' })
  await client.prisma.setting.create({ data: { scope: 'new', key: 'k', value: 1 } })
  expect(await client.prisma.setting.findUnique({ where })).toEqual({ scope: 'new', key: 'k', value: 1 })
})

test('an error that only Prisma can word costs one load, and foreign bytes are a miss', async () => {
  const gates = createGates()
  const client = extend(bench, { gates })
  const where = { scope_key: { scope: 'worded', key: 'k' } }
  await twice(client, () => client.prisma.setting.findUnique({ where }))
  client.events()
  await expect(client.prisma.setting.findUniqueOrThrow({ where })).rejects.toMatchObject({ code: 'P2025' })
  expect(gates.count('Setting.findUniqueOrThrow')).toBe(1)
  expect(client.events()).toEqual([])
  await client.prisma.setting.create({ data: { scope: 'worded', key: 'k', value: 1 } })
  const redis = bench.redis()
  const [entry] = await redis.keys(`${bench.namespace}:{Setting*}:e:*worded,k`)
  const [stamps] = (await redis.get(entry!))!.split('\n')
  await redis.set(entry!, `${stamps}\n\x00not ours`)
  expect(await client.prisma.setting.findUnique({ where })).toEqual({ scope: 'worded', key: 'k', value: 1 })
  expect(client.events()).toContain('miss:Setting.findUnique(unreadable)')
})

test('findUnique calls of one tick cost one SELECT', async () => {
  const client = extend(bench)
  await client.plain.user.createMany({ data: ['x', 'y', 'z'].map((n) => ({ id: 900 + n.charCodeAt(0), email: n })) })
  await client.prisma.$cache.invalidate('User')
  const ids = ['x', 'y', 'z'].map((n) => 900 + n.charCodeAt(0))
  const rows = await Promise.all(ids.map((id) => client.prisma.user.findUnique({ where: { id } })))
  expect(rows.map((row) => row?.email)).toEqual(['x', 'y', 'z'])
})

test('cache: false and a strong read of a model that is not strong go to Postgres', async () => {
  const client = extend(bench)
  await client.plain.team.create({ data: { id: 1, name: 'a' } })
  await twice(client, () => client.prisma.team.findUnique({ where: { id: 1 } }))
  client.events()
  await client.prisma.team.findUnique({ where: { id: 1 }, cache: false } as { where: { id: number } })
  await client.prisma.team.findUnique({ where: { id: 1 }, cache: { consistency: 'strong' } } as {
    where: { id: number }
  })
  expect(client.events()).toEqual(['bypass:Team.findUnique(call)', 'bypass:Team.findUnique(mixed-consistency)'])
  const wrong = client.prisma.team.findUnique({ where: { id: 1 }, cache: { ttl: 5 } } as never)
  await expect(wrong).rejects.toMatchObject({ code: 'PC1401' })
  const write = client.prisma.team.update({ where: { id: 1 }, data: { name: 'b' }, ...cache(false) })
  await expect(write).rejects.toMatchObject({ code: 'PC1401' })
})

test('Prisma’s own errors for wrong arguments come through', async () => {
  const client = extend(bench)
  for (const call of [
    (p: typeof client.prisma | typeof client.plain) => p.user.findUnique({ where: { nope: 1 } as never }),
    (p: typeof client.prisma | typeof client.plain) => p.user.findMany({ select: { nope: true } as never }),
    (p: typeof client.prisma | typeof client.plain) => p.user.create({} as never),
    (p: typeof client.prisma | typeof client.plain) => p.user.update({ where: {}, data: undefined } as never),
    (p: typeof client.prisma | typeof client.plain) => p.setting.upsert({ where: null } as never),
  ]) {
    await expect(call(client.prisma)).rejects.toMatchObject({ name: 'PrismaClientValidationError' })
    await expect(call(client.plain)).rejects.toMatchObject({ name: 'PrismaClientValidationError' })
  }
})
