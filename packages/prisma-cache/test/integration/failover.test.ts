import { type RedisServer, type Sentinel, startRedis, startSentinel } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import type { Events } from '../../src/events/events.js'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

// Two servers and a Sentinel: whichever of the two is the master dies, and the other one takes over.
const NAME = 'bank'
let servers: RedisServer[]
let sentinel: Sentinel
beforeAll(async () => {
  const master = await startRedis({ appendOnly: false, args: ['--repl-diskless-sync-delay', '0'] })
  const replicaOf = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0']
  servers = [master, await startRedis({ appendOnly: false, args: replicaOf })]
  sentinel = await startSentinel({ masterPort: master.port, name: NAME })
}, 60_000)
afterAll(async () => {
  await sentinel.stop()
  for (const server of servers) await server.stop()
})

let bench: Bench
beforeEach(async () => {
  bench = await createBench()
})
afterEach(() => bench.close())

test('the master dies: what was accepted with replicated(1) is applied by its successor, once, and nothing is called lost', async () => {
  const [master, other] = await masterFirst()
  await following(master, other)
  const { client, worker, lost, plain } = await open('replicated(1)')
  const where = { id: 'a' }
  await client.prisma.counter.create({ data: where })
  await client.prisma.$cache.flush('Counter')
  for (let i = 0; i < 20; i++) await client.prisma.counter.update({ where, data: { hits: { increment: 1 } } })
  const upAgain = taken(client)
  await master.kill('KILL')
  await upAgain
  // Until it has a replica again, nothing is promised.
  await master.restart()
  await connect(master).call('REPLICAOF', '127.0.0.1', other.port)
  while (!(await client.prisma.counter.update({ where, data: { hits: { increment: 1 } } }).then(accepted, refused)))
    await pause()
  await client.prisma.$cache.flush('Counter')
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 21 })
  expect(await client.prisma.$cache.status('Counter', where)).toBe('clean')
  expect(lost).toEqual([])
  await worker.close()
}, 60_000)

test('the master dies with what its successor does not have: that may be lost, and is told; no old row is served; all goes on', async () => {
  const [master, other] = await masterFirst()
  await following(master, other)
  const { client, worker, lost, plain } = await open('memory')
  const where = { id: 'a' }
  await client.prisma.counter.create({ data: where })
  await client.prisma.user.create({ data: { id: 1, email: 'a@b.c', name: 'old' } })
  await client.prisma.$cache.flush('Counter')
  const named = () => client.prisma.user.findUnique({ where: { id: 1 } }).then((user) => user?.name)
  expect([await named(), await named()]).toEqual(['old', 'old'])
  // From here on the master is alone, and knows nobody who asks to follow it.
  const control = connect(master)
  await control.call('WAIT', '1', '0')
  await control.call('ACL', 'SETUSER', 'default', '-psync', '-sync')
  await control.call('CLIENT', 'KILL', 'TYPE', 'replica')
  for (let i = 0; i < 3; i++) await client.prisma.counter.update({ where, data: { hits: { increment: 1 } } })
  await client.prisma.user.update({ where: { id: 1 }, data: { name: 'new' } })
  expect(await named()).toBe('new')
  const upAgain = taken(client)
  await master.kill('KILL')
  await upAgain
  expect(await named()).toBe('new')
  while (!(await client.prisma.counter.update({ where, data: { hits: { increment: 1 } } }).then(accepted, refused)))
    await pause()
  await client.prisma.$cache.flush('Counter')
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 1 })
  expect(lost).toMatchObject([{ model: 'Counter', cause: expect.stringMatching(/another Redis has taken over/) }])
  await worker.close()
  await master.restart()
}, 60_000)

async function open(durability: 'memory' | 'replicated(1)') {
  const behind = { ttl: '1m', flushEvery: '10m' } as const
  const policies = definePolicies(generated, {
    Counter: writeBehind({ ...behind, durability }),
    Visit: writeBehind({ ...behind, durability: 'memory' }),
  })
  const [ofClient, ofWorker] = [behindSentinel(), behindSentinel()]
  await Promise.all([ofClient, ofWorker].map((redis) => new Promise<void>((ready) => redis.once('ready', ready))))
  const plain = bench.plain()
  const lost: Events['lost'][] = []
  const worker = await startFlushWorker({
    prisma: plain as never,
    policies,
    redis: ofWorker,
    namespace: bench.namespace,
    sweepEveryMs: 300,
    lease: 200,
    onError: () => {},
    onLost: (event) => void (event.model === 'Counter' && lost.push(event)),
  })
  return { client: extend(bench, { redis: ofClient, policies, lease: 200 }), worker, lost, plain }
}

function behindSentinel(): Redis {
  const redis = new Redis({
    sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
    name: NAME,
    commandTimeout: 1000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    sentinelRetryStrategy: () => 50,
    retryStrategy: () => 50,
  })
  redis.on('error', () => {})
  bench.onClose(async () => redis.disconnect())
  return redis
}

function connect(server: RedisServer): Redis {
  const redis = new Redis(server.url)
  redis.on('error', () => {})
  bench.onClose(async () => redis.disconnect())
  return redis
}

async function masterFirst(): Promise<[RedisServer, RedisServer]> {
  const role = await connect(servers[0]!).info('replication')
  return /^role:master/m.test(role) ? [servers[0]!, servers[1]!] : [servers[1]!, servers[0]!]
}

/** The one follows the other, and Sentinel knows it. */
async function following(master: RedisServer, replica: RedisServer): Promise<void> {
  const [control, asked] = [connect(master), new Redis(sentinel.port)]
  bench.onClose(async () => asked.disconnect())
  while (!/state=online/.test(await control.info('replication'))) await pause()
  for (;;) {
    const told = (await asked.call('SENTINEL', 'REPLICAS', NAME)) as string[][]
    const known = told.find((fields) => fields.includes(String(replica.port)))
    if (known?.[known.indexOf('flags') + 1] === 'slave') return
    await pause()
  }
}

/** Until the client has found another server. */
function taken({ prisma }: ReturnType<typeof extend>): Promise<void> {
  return new Promise((resolve) => {
    let down = false
    prisma.$cache.on('link', ({ state }) => {
      if (state === 'down') down = true
      if (state === 'up' && down) resolve()
    })
  })
}

const accepted = () => true

/** Nothing was changed: the promise could not be kept, or the connection was not there yet. */
function refused(error: unknown): false {
  expect((error as Error).message).toMatch(/PC1102|was not accepted/)
  return false
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
