import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { start } from './support/gate.js'

const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'replicated(1)' }),
  Visit: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory' }),
})

let bench: Bench
let master: RedisServer
let replica: RedisServer
let control: Redis
const startReplica = () => startRedis({ appendOnly: false, args: ['--replicaof', '127.0.0.1', String(master.port)] })
beforeAll(async () => {
  bench = await createBench()
  master = await startRedis({ appendOnly: false, args: ['--repl-diskless-sync-delay', '0'] })
  control = new Redis(master.url)
  replica = await startReplica()
  await replicasOnline(1)
})
afterAll(async () => {
  await bench.close()
  control.disconnect()
  await replica.stop()
  await master.stop()
})

async function replicasOnline(count: number): Promise<void> {
  for (;;) {
    const info = await control.info('replication')
    if ((info.match(/state=online/g) ?? []).length === count && info.includes(`connected_slaves:${count}`)) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Everybody's connections are new ones. */
async function reconnectAll(): Promise<void> {
  await control.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
}

test('replicated(1): a write is acknowledged, and a batch applied, only once the replica has them', async () => {
  const { prisma } = extend(bench, { redis: master.url, policies, commandTimeout: 30_000 })
  const where = { id: 'w' }
  await prisma.counter.create({ data: where })
  const update = await untilReplicaHasIt(() => prisma.counter.update({ where, data: { hits: { increment: 1 } } }))
  expect(update).toEqual(['waits', expect.objectContaining({ hits: 1 })])
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: master.url,
    namespace: bench.namespace,
    sweepEveryMs: 60_000,
  })
  const flush = await untilReplicaHasIt(() => prisma.$cache.flush('Counter'))
  expect(flush[0]).toBe('waits')
  expect(await bench.plain().counter.findUnique({ where })).toMatchObject({ hits: 1 })
  await worker.close()
}, 60_000)

/** Does it with a replica that stands still until the master is asked to wait for it; tells what came first. */
async function untilReplicaHasIt<T>(act: () => PromiseLike<T>): Promise<['waits' | 'done', T]> {
  const { wait } = Redis.prototype
  const waits = new Promise<'waits'>((resolve) => {
    Redis.prototype.wait = function (this: Redis, ...asked: unknown[]) {
      resolve('waits')
      return wait.apply(this, asked as Parameters<Redis['wait']>)
    }
  })
  await replica.kill('STOP')
  try {
    const done = start(act())
    const first = await Promise.race([waits, done.then(() => 'done' as const)])
    await replica.kill('CONT')
    return [first, await done]
  } finally {
    await replica.kill('CONT')
    Redis.prototype.wait = wait
  }
}

test('replicated(1): accepted with a replica; without one nothing is accepted, and nothing applied, until it is back', async () => {
  const failed: unknown[] = []
  let tellFailed = () => {}
  const failure = new Promise<void>((resolve) => {
    tellFailed = resolve
  })
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: master.url,
    namespace: bench.namespace,
    sweepEveryMs: 200,
    onError(error) {
      if ((error as { code?: string }).code !== 'PC1102') return
      failed.push(error)
      tellFailed()
    },
  })
  bench.onClose(() => worker.close())
  const { prisma, plain } = extend(bench, { redis: master.url, policies })
  const where = { id: 'a' }
  await prisma.counter.create({ data: { id: 'a' } })
  await prisma.$cache.flush('Counter')
  await prisma.counter.update({ where, data: { hits: { increment: 1 } } })
  // It is there, by the word of the replica itself.
  const copy = new Redis(replica.url)
  expect(await copy.hget(`${bench.namespace}:{Counter#${shardOf(await copy.keys('*:p:a'))}}:p:a`, '=hits')).toBe('1')
  copy.disconnect()

  await replica.stop()
  await replicasOnline(0)
  const up = new Promise<void>((resolve) => {
    prisma.$cache.on('link', ({ state }) => state === 'up' && resolve())
  })
  await reconnectAll()
  await up
  await expect(prisma.counter.update({ where, data: { hits: { increment: 1 } } })).rejects.toMatchObject({
    code: 'PC1102',
    message: expect.stringContaining('replicated(1)'),
  })
  // Another model promises less, and its worker's shards wait with the rest: a server is judged as a whole.
  await expect(
    prisma.visit.create({ data: { id: 'v', counterId: 'a' } }).then(() => prisma.$cache.status('Visit', { id: 'v' })),
  ).resolves.toBe('pending')
  const flushing = prisma.$cache.flush('Counter')
  await failure
  expect(failed[0]).toMatchObject({ message: expect.stringContaining('0 connected replicas') })
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 0 })

  replica = await startReplica()
  await replicasOnline(1)
  await flushing
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 1 })
  await prisma.counter.update({ where, data: { hits: { increment: 1 } } })
  await prisma.$cache.flush()
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 2 })
}, 60_000)

/** Of a key that names it. */
function shardOf([key]: string[]): string {
  return /#(\d)\}/.exec(key!)![1]!
}
