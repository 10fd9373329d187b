import { createEventBus } from '../../src/events/events.js'
import { headEnd, stampLine } from '../../src/protocol/entry.js'
import { createKeys } from '../../src/protocol/keys.js'
import { createConnection } from '../../src/store/connection.js'
import { createLink, type Link } from '../../src/store/link.js'
import { type Lookup, lookup } from '../../src/store/lookup.js'
import { readAll } from '../../src/store/read-all.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { countOps } from './support/ops.js'

let bench: Bench
let link: Link
let ops: ReturnType<typeof countOps>
beforeAll(async () => {
  bench = await createBench()
  const redis = bench.redis()
  ops = countOps(redis)
  link = createLink({
    connection: createConnection(redis, 1000),
    keys: createKeys(bench.namespace),
    events: createEventBus(),
    leaseMs: 1000,
    publish: async () => {},
  })
  await link.settled()
  bench.onClose(() => link.close())
})
afterAll(() => bench.close())

const key = (name: string) => `${bench.namespace}:together:${name}`

describe('what is read in one tick', () => {
  test('is read with one command, each key once, and everybody gets his own', async () => {
    for (const name of ['a', 'b', 'c']) await link.redis.set(key(name), name)
    ops.take()
    const wanted = [['a', 'none', 'b'], ['c', 'a'], ['none'], ['b', 'b']]
    const found = await Promise.all(wanted.map((names) => readAll(link, names.map(key))))
    expect(found).toEqual([['a', null, 'b'], ['c', 'a'], [null], ['b', 'b']])
    expect(ops.take()).toEqual({ trips: 1, commands: ['mget'] })
    await readAll(link, [key('a')]).then(() => readAll(link, [key('b')]))
    expect(ops.take()).toEqual({ trips: 2, commands: ['mget', 'mget'] })
  })

  test('is read with several commands when it is very much', async () => {
    const wanted = Array.from({ length: 120 }, (_, n) => [
      key('a'),
      ...Array.from({ length: 9 }, (_, i) => key(`${n}.${i}`)),
    ])
    wanted.push(Array.from({ length: 900 }, () => key('b')))
    ops.take()
    const found = await Promise.all(wanted.map((keys) => readAll(link, keys)))
    expect(found.slice(0, 120)).toEqual(Array(120).fill(['a', ...Array(9).fill(null)]))
    expect(found[120]).toEqual(Array(900).fill('b'))
    expect(ops.take()).toEqual({ trips: 1, commands: Array(4).fill('mget') })
  })

  test('fails for everybody', async () => {
    const mget = () => Promise.reject(new Error('lost'))
    const broken = { ...link, redis: { mget } } as unknown as Link
    const asked = await Promise.allSettled([readAll(broken, [key('a')]), readAll(broken, [key('b')])])
    expect(asked).toEqual(Array(2).fill({ status: 'rejected', reason: new Error('lost') }))
  })
})

describe('a question that is asked for the first time', () => {
  const tags = (row: string) => [{ kind: 'row', model: 'Team', row } as const, { kind: 'wide', model: 'Team' } as const]
  const ask = (row: string) => lookup(link, { entry: key(`entry ${row}`), tags: tags(row), fences: false })

  test('is looked up, and its versions made, in one trip; later ones are read', async () => {
    await ask('0') // the script is known, and the model's version made
    ops.take()
    const first = await ask('1')
    expect(ops.take()).toEqual({ trips: 1, commands: ['evalsha'] })
    expect(first).toMatchObject({
      kind: 'miss',
      reason: 'absent',
      stamps: { versions: [expect.any(String), expect.any(String)] },
    })
    const again = await ask('1')
    expect(ops.take()).toEqual({ trips: 1, commands: ['mget'] })
    expect(again).toEqual(first)
  })

  test('finds what others have filled', async () => {
    const { stamps } = (await ask('2')) as Extract<Lookup, { kind: 'miss' }>
    await link.redis.set(key('entry 2'), `${stampLine(stamps)}${headEnd(1000, 'text')}text`)
    const other = { ...link } as Link // another process
    const found = await lookup(other, { entry: key('entry 2'), tags: tags('2'), fences: false })
    expect(found).toMatchObject({ kind: 'hit', text: 'text', stamps })
  })

  test('a version that is missing is made and never taken for that of an entry', async () => {
    await ask('3')
    await link.redis.del(link.keys.tag(tags('3')[0]!).version)
    const { stamps } = (await ask('3')) as Extract<Lookup, { kind: 'miss' }>
    await link.redis.set(key('entry 3'), `${stampLine(stamps)}${headEnd(1000, 'text')}text`)
    await link.redis.del(link.keys.tag(tags('3')[0]!).version)
    const found = await lookup({ ...link } as Link, { entry: key('entry 3'), tags: tags('3'), fences: false })
    expect(found).toMatchObject({ kind: 'miss', reason: 'stale' })
    expect((found as { stamps: typeof stamps }).stamps.versions[0]).not.toBe(stamps.versions[0])
  })

  test('without an epoch makes nothing', async () => {
    const epoch = await link.redis.get(link.keys.epoch)
    await link.redis.del(link.keys.epoch)
    const other = { ...link, epochLost: () => {} } as Link
    const found = await lookup(other, { entry: key('entry 4'), tags: tags('4'), fences: false })
    expect(found).toEqual({ kind: 'unavailable' })
    expect(await link.redis.get(link.keys.tag(tags('4')[0]!).version)).toBeNull()
    await link.redis.set(link.keys.epoch, epoch!)
  })
})

test('misses of one tick cost one SELECT', async () => {
  // The extension's own connection sends what one tick asks at once, and is answered at once.
  const { prisma, plain } = extend(bench)
  await plain.team.createMany({ data: [1, 2, 3, 4].map((id) => ({ id, name: `${id}` })) })
  await prisma.team.findUnique({ where: { id: -1 } })
  const batches: number[] = []
  const handler = Reflect.get(plain, '_engine') as { requestBatch(queries: unknown[], options: unknown): unknown }
  const requestBatch = handler.requestBatch.bind(handler)
  handler.requestBatch = (queries, options) => {
    batches.push(queries.length)
    return requestBatch(queries, options)
  }
  const teams = await Promise.all([1, 2, 3, 4].map((id) => prisma.team.findUnique({ where: { id } })))
  expect(teams.map((team) => team!.name)).toEqual(['1', '2', '3', '4'])
  expect(batches).toEqual([4])
})

test('misses under versions that nobody has made cost one command each', async () => {
  const redis = bench.redis()
  const own = countOps(redis)
  const { prisma, plain } = extend(bench, { redis })
  await plain.team.createMany({ data: [11, 12, 13, 14].map((id) => ({ id, name: `${id}` })) })
  await prisma.team.findUnique({ where: { id: -1 } })
  own.take()
  await Promise.all([11, 12, 13, 14].map((id) => prisma.team.findUnique({ where: { id } })))
  expect(own.take().commands.slice(0, 4)).toEqual(Array(4).fill('evalsha'))
})
