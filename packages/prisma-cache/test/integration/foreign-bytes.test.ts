import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

/** What another program, another release or a fault has left in the cache's keys fails no read, and is told. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const HEAD = /^[^\n]*\n/
const DAMAGES: readonly (readonly [string, (entry: Buffer) => Buffer | 'hash'])[] = [
  ['nothing', () => Buffer.alloc(0)],
  ['a text', () => Buffer.from('hello')],
  ['the head alone', (entry) => Buffer.from(HEAD.exec(entry.toString())![0])],
  ['a head without an end', (entry) => Buffer.from(HEAD.exec(entry.toString())![0].trimEnd())],
  ['an entry that is cut off', (entry) => entry.subarray(0, -2)],
  ['a mark that nobody knows', (entry) => Buffer.from(`${HEAD.exec(entry.toString())![0]}[{"$z":1}]`)],
  ['no UTF-8', (entry) => Buffer.concat([Buffer.from(HEAD.exec(entry.toString())![0]), Buffer.from([0xc3, 0x28, 0])])],
  ['a life of no time', (entry) => Buffer.from(entry.toString().replace(/;\d+;/, ';0;'))],
  [
    'another answer of the same form',
    (entry) => Buffer.from(entry.toString().replace('another answer', 'another lie')),
  ],
  [
    'another number',
    (entry) => Buffer.from(entry.toString().replace(/(\d)(?=[^\d\n]*$)/, (n) => `${(Number(n) + 1) % 10}`)),
  ],
  ['another type', () => 'hash'],
]

test.each(DAMAGES)('an entry that is %s is a miss, and is replaced', async (name, damage) => {
  const client = extend(bench)
  const redis = bench.redis()
  const { id } = await client.plain.team.create({ data: { name } })
  for (const [pattern, ask] of [
    [`${bench.namespace}:{Team*}:e:*:${id}`, () => client.prisma.team.findUnique({ where: { id } })],
    [`${bench.namespace}:a:Team:*`, () => client.prisma.team.findMany({ where: { id } })],
  ] as const) {
    for (const key of await redis.keys(`${bench.namespace}:a:Team:*`)) await redis.del(key)
    const filled = client.until('fill')
    const truth = await ask()
    await filled
    const [key] = await redis.keys(pattern)
    const entry = (await redis.getBuffer(key!))!
    const damaged = damage(entry)
    const ttl = await redis.pttl(key!)
    await redis.del(key!)
    if (damaged === 'hash') await redis.hset(key!, 'a', 'b')
    else await redis.set(key!, damaged, 'PX', ttl)
    client.events()
    expect(await ask()).toEqual(truth)
    expect(client.events()[0]).toMatch(/^miss:/)
    // Sooner or later somebody's fill stands there again.
    for (;;) {
      client.events()
      expect(await ask()).toEqual(truth)
      if (client.events()[0]?.startsWith('hit:')) break
    }
  }
})

test('keys of versions that another program has written to cost the cache, not the answer', async () => {
  const client = extend(bench)
  const redis = bench.redis()
  const { id } = await client.plain.team.create({ data: { name: 'kept' } })
  const keys = createKeys(bench.namespace)
  const { version } = keys.tag({ kind: 'row', model: 'Team', row: String(id) })
  await redis.hset(version, 'a', 'b')
  await redis.hset(keys.fieldVersions('Team'), 'a', 'b')
  expect((await client.prisma.team.findUnique({ where: { id } }))!.name).toBe('kept')
  await client.prisma.team.update({ where: { id }, data: { name: 'new' } })
  expect((await client.prisma.team.findUnique({ where: { id } }))!.name).toBe('new')
  expect(await client.prisma.team.findMany({ where: { id } })).toEqual([{ id, name: 'new' }])
  await redis.del(version, keys.fieldVersions('Team'))
})
