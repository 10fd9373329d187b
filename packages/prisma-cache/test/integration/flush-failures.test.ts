import { connect } from 'node:net'
import type { PolicySet } from '@prisma-cache/policy-dsl'
import { type PostgresServer, startPostgres, startRedis } from '@prisma-cache/servers'
import { createEventBus, type Events } from '../../src/events/events.js'
import { flushPending } from '../../src/protocol/commands.generated.js'
import { shardOf } from '../../src/protocol/keys.js'
import { sealBatch } from '../../src/queue/seal.js'
import { policies } from '../prisma/generated/cache/index.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'
import { flusherOf, startWorker } from './support/flush-worker.js'

const counter = (id: string, more = {}) => ({ id, hits: 0, total: 0n, label: 'none', note: null, ...more })
const visit = (id: string, counterId: string) => ({ id, counterId, at: new Date(0), seenAt: new Date(1), hits: 0 })

const isWriteBehind = (name: string) =>
  (policies.models as PolicySet['models'])[name]!.policy.strategy === 'writeBehind'

let bench: FlushBench
beforeAll(async () => {
  // `Visit` gets the foreign key that its name suggests.
  bench = await createFlushBench((policies) => {
    const { Visit } = policies.models
    const relation = {
      name: 'counter',
      model: 'Counter',
      relationName: 'r',
      list: false,
      nullable: false,
      from: ['counterId'],
      to: ['id'],
    }
    return {
      ...policies,
      models: { ...policies.models, Visit: { ...Visit!, facts: { ...Visit!.facts, relations: [relation] } } },
    }
  })
  await bench.prisma.$executeRawUnsafe(
    'ALTER TABLE visits ADD CONSTRAINT visits_counter FOREIGN KEY ("counterId") REFERENCES "Counter" (id)',
  )
})
afterAll(() => bench.close())

it('flushes a pending parent before its child, and rejects a child without one', async () => {
  const flusher = flusherOf(bench)
  await startWorker(bench)
  const orphan = await bench.accept('Visit', 'orphan', { kind: 'C', set: visit('orphan', 'nobody') })
  await bench.accept('Counter', 'parent', { kind: 'C', set: counter('parent') })
  const child = await bench.accept('Visit', 'child', { kind: 'C', set: visit('child', 'parent') })
  const flushed = await Promise.allSettled([
    flusher.flushUpTo(bench.marks('Visit', 'child', child)),
    flusher.flushUpTo(bench.marks('Visit', 'orphan', orphan)),
  ])
  expect(flushed.map(({ status }) => status)).toEqual(
    shardOf('child') === shardOf('orphan') ? ['rejected', 'rejected'] : ['fulfilled', 'rejected'],
  )
  expect(await bench.prisma.visit.findMany({ select: { id: true } })).toEqual([{ id: 'child' }])
  expect(await flusher.rejected(['Visit'])).toMatchObject([{ row: 'orphan', sqlState: '23503' }])
})

it('keeps everything while Postgres is down, and applies it once it is back', async () => {
  const before = process.env.TEST_DATABASE_URL
  const server: PostgresServer = await startPostgres()
  process.env.TEST_DATABASE_URL = server.url
  const own = await createFlushBench()
  process.env.TEST_DATABASE_URL = before!
  const failures: unknown[] = []
  await startWorker(own, { onError: (error) => failures.push(error) })
  const flusher = flusherOf(own)
  const first = await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  await flusher.flushUpTo(own.marks('Counter', 'a', first))
  await server.kill('KILL')
  const second = await own.accept('Counter', 'a', { kind: 'U', add: { hits: 5 } })
  const error = await flusher.flushUpTo(own.marks('Counter', 'a', second), 400).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'PC1302', message: expect.stringContaining('last attempt failed') })
  expect(failures.length).toBeGreaterThan(0)
  expect(await flusher.pending(['Counter'])).toMatchObject({ Counter: { count: 1 } })
  await server.restart()
  await flusher.flushUpTo(own.marks('Counter', 'a', second))
  expect(await own.prisma.counter.findUnique({ where: { id: 'a' } })).toEqual(counter('a', { hits: 5 }))
  expect(await flusher.rejected(['Counter'])).toEqual([])
  await own.close()
  await server.stop()
})

it('draws a new queue epoch from a Redis that names another server, and finishes the old batch under its own name', async () => {
  const own = await createFlushBench()
  const first = await startWorker(own)
  const epoch = Number((await own.store.get(own.keys.queueEpoch))!.split('@')[0])
  await first.close()
  const sequence = await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  const at = { model: 'Counter', shard: shardOf('a') }
  const sealed = await sealBatch(own.store, own.keys, at, epoch, 10, () => {})
  await own.store.set(own.keys.queueEpoch, `${epoch}@another`)
  await startWorker(own)
  expect(Number((await own.store.get(own.keys.queueEpoch))!.split('@')[0])).toBe(epoch + 1)
  await flusherOf(own).flushUpTo(own.marks('Counter', 'a', sequence))
  const ledger = await own.prisma.prismaCacheLedger.findUnique({
    where: { shard: `${own.namespace}:Counter.${at.shard}` },
  })
  expect(sealed).toMatchObject({ kind: 'sealed', batch: { name: { epoch, number: Number(ledger!.batch) } } })
  expect(ledger!.epoch).toBe(BigInt(epoch))
  await own.close()
})

it('tells of the loss when Redis comes back without its queue', async () => {
  const own = await createFlushBench()
  const first = await startWorker(own)
  const sequence = await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  await flusherOf(own).flushUpTo(own.marks('Counter', 'a', sequence))
  await first.close()
  await own.store.del(own.keys.queueEpoch)
  const events = createEventBus()
  const lost: string[] = []
  events.on('lost', ({ model }) => lost.push(model))
  await startWorker(own, { events })
  expect(lost.sort()).toEqual(Object.keys(policies.models).filter(isWriteBehind).sort())
  await own.close()
})

it('a Redis that comes back empty: says what was pending, and sweeps again', async () => {
  const server = await startRedis({ appendOnly: false })
  const before = process.env.TEST_REDIS_URL
  process.env.TEST_REDIS_URL = server.url
  const own = await createFlushBench()
  process.env.TEST_REDIS_URL = before!
  await own.store.config('SET', 'maxmemory-policy', 'noeviction')
  const events = createEventBus()
  const lost = new Promise<Events['lost']>((resolve) => {
    events.on('lost', (event) => event.model === 'Room' && resolve(event))
  })
  const { Counter, Room } = own.policies.models
  const policies = { ...own.policies, models: { Counter: Counter!, Room: Room! } }
  await startWorker(own, { policies, events, sweepEveryMs: 100, onError: () => {} })
  const sequence = await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  await flusherOf(own).flushUpTo(own.marks('Counter', 'a', sequence)) // the ledger has a batch
  for (const id of ['r1', 'r2', 'r3']) await own.accept('Room', id, { kind: 'C', set: { id, name: '', uses: 0 } })
  await lookedAt(own, server.url)
  await server.kill('KILL')
  await server.restart()
  expect(await lost).toMatchObject({ model: 'Room', pending: 3, seenMsAgo: expect.any(Number) })
  const flushed = new Promise((resolve) => void events.on('flush', resolve))
  await own.accept('Counter', 'b', { kind: 'C', set: counter('b') }) // without a job
  await flushed
  expect(await own.prisma.counter.findUnique({ where: { id: 'b' } })).toEqual(counter('b'))
  await own.close()
  await server.stop()
}, 30_000)

/** A look of the worker at what is pending has begun and ended: the next one has begun too. */
async function lookedAt(own: FlushBench, url: string): Promise<void> {
  const { dirty } = own.keys.shard('Room', 0)
  // The bare protocol: a driver may take what Redis tells of others for answers of its own.
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setEncoding('utf8')
  let told = ''
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('data', (text) => {
      told += text
      const looks = told.split('\n').filter((line) => line.includes(flushPending.sha1) && line.includes(dirty))
      if (looks.length >= 3) resolve()
    })
    socket.write('MONITOR\r\n')
  })
  socket.destroy()
}
