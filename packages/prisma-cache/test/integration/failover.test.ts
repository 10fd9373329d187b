import { startRedis, startSentinel } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'replicated(2)' }),
  Visit: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory' }),
})

test('the master dies and Sentinel makes a replica one: what was accepted with replicated(2) is applied, once', async () => {
  const bench = await createBench()
  const master = await startRedis({ appendOnly: false, args: ['--repl-diskless-sync-delay', '0'] })
  const replicaOf = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0']
  const replicas = await Promise.all([1, 2, 3].map(() => startRedis({ appendOnly: false, args: replicaOf })))
  const control = new Redis(master.url)
  while (((await control.info('replication')).match(/state=online/g) ?? []).length < 3) await pause()
  const sentinel = await startSentinel({ masterPort: master.port, name: 'bank' })
  const asked = new Redis(sentinel.port)
  while (!`${await asked.call('SENTINEL', 'REPLICAS', 'bank')}`.includes(`${replicas[2]!.port}`)) await pause()
  const behind = () =>
    new Redis({
      sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
      name: 'bank',
      commandTimeout: 1000,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      sentinelRetryStrategy: () => 50,
      retryStrategy: () => 50,
    })
  const [ofClient, ofWorker] = [behind(), behind()]
  for (const redis of [ofClient, ofWorker]) redis.on('error', () => {})
  await Promise.all(
    [ofClient, ofWorker].map((redis) => new Promise<void>((resolve) => redis.once('ready', () => resolve()))),
  )
  const plain = bench.plain()
  const worker = await startFlushWorker({
    prisma: plain,
    policies,
    redis: ofWorker,
    namespace: bench.namespace,
    sweepEveryMs: 300,
    onError: () => {},
  })
  const { prisma } = extend(bench, { redis: ofClient, policies })
  const where = { id: 'a' }
  await prisma.counter.create({ data: where })
  await prisma.$cache.flush('Counter')
  for (let i = 0; i < 20; i++) await prisma.counter.update({ where, data: { hits: { increment: 1 } } })

  const upAgain = new Promise<void>((resolve) => {
    let down = false
    prisma.$cache.on('link', ({ state }) => {
      if (state === 'down') down = true
      if (state === 'up' && down) resolve()
    })
  })
  await master.kill('KILL')
  await upAgain
  expect(ofClient.stream.remotePort).not.toBe(master.port)
  // The two replicas that are left must have followed it before the promise can be kept again.
  while (!(await prisma.counter.update({ where, data: { hits: { increment: 1 } } }).then(accepted, refused)))
    await pause()
  await prisma.$cache.flush('Counter')
  expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: 21 })
  expect(await prisma.$cache.status('Counter', where)).toBe('clean')

  await worker.close()
  await bench.close()
  for (const redis of [control, asked, ofClient, ofWorker]) redis.disconnect()
  await sentinel.stop()
  await Promise.all([master, ...replicas].map((server) => server.stop()))
}, 60_000)

const accepted = () => true

/** Nothing was changed: the promise could not be kept, or the connection was not there yet. */
function refused(error: unknown): false {
  expect((error as Error).message).toMatch(/PC1102|was not accepted/)
  return false
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
