import { Queue } from 'bullmq'
import { shardOf } from '../../src/protocol/keys.js'
import { createRowCodec } from '../../src/protocol/row-codec.js'
import { readableFields } from '../../src/queue/apply/returned-row.js'
import type { RejectedChange } from '../../src/queue/change.js'
import type { Flusher } from '../../src/queue/flusher.js'
import { FlushRejectedError } from '../../src/queue/flusher-rejected-error.js'
import type { FlushDatabase } from '../../src/queue/ledger.js'
import type { FlushWorker } from '../../src/worker/index.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'
import { flusherOf, startWorker } from './support/flush-worker.js'

let bench: FlushBench
let worker: FlushWorker
let flusher: Flusher
const rejections: RejectedChange[] = []
const errors: unknown[] = []

beforeAll(async () => {
  bench = await createFlushBench()
  worker = await startWorker(bench, {
    onRejected: (one) => rejections.push(one),
    onError: (error) => errors.push(error),
    sweepEveryMs: 300,
  })
  flusher = flusherOf(bench)
})
afterAll(async () => {
  await bench.close()
  expect(errors).toEqual([])
})

const counter = (id: string, more = {}) => ({ id, hits: 0, total: 0n, label: 'none', note: null, ...more })
const read = (id: string) => bench.prisma.counter.findUnique({ where: { id } })
const flush = async (row: string, sequence: number) => flusher.flushUpTo(bench.marks('Counter', row, sequence))

/** The next flush of this model, whoever has asked for it. */
const nextFlush = () =>
  new Promise<void>((resolve) => {
    const off = worker.on('flush', () => {
      off()
      resolve()
    })
  })

it('flushes a window after its job has been scheduled', async () => {
  const flushed = nextFlush()
  await bench.accept('Counter', 'w1', { kind: 'C', set: counter('w1') })
  flusher.schedule('Counter', shardOf('w1'), 50)
  await flushed
  expect(await read('w1')).toEqual(counter('w1'))
  expect(await flusher.status('Counter', 'w1')).toBe('clean')
  expect(await flusher.pending(['Counter'])).toMatchObject({ Counter: { count: 0, oldestAgeMs: 0 } })
})

it('finds a shard that nobody scheduled', async () => {
  const flushed = nextFlush()
  await bench.accept('Counter', 'w2', { kind: 'C', set: counter('w2') })
  await flushed
  expect(await read('w2')).toEqual(counter('w2'))
})

it('flushes now what somebody waits for, and leaves the row as Postgres has it in the cache', async () => {
  const sequence = await bench.accept('Counter', 'w3', { kind: 'C', set: counter('w3', { hits: 4 }) })
  flusher.schedule('Counter', shardOf('w3'), 60_000)
  await flush('w3', sequence)
  expect(await read('w3')).toEqual(counter('w3', { hits: 4 }))
  expect(await bench.store.exists(bench.keys.pendingRow('Counter', 'w3'))).toBe(0)
  const facts = bench.factsOf('Counter')
  const entry = await bench.store.get(bench.keys.rowEntry('Counter', 'w3', facts.shapeHash))
  const [head, body] = entry!.split('\n')
  expect(head!.slice(0, head!.lastIndexOf(';'))).toBe(
    `${[
      await bench.store.get(bench.keys.epoch),
      await bench.store.get(bench.keys.tag({ kind: 'row', model: 'Counter', row: 'w3' }).version),
      await bench.store.get(bench.keys.tag({ kind: 'wide', model: 'Counter' }).version),
    ].join(',')};${30 * 60_000}`,
  )
  expect(createRowCodec(readableFields(facts)).decode(body!)).toEqual(counter('w3', { hits: 4 }))
})

it('lets many waiters share one flush', async () => {
  // Of its own, and without a sweep, which would flush in between what it finds.
  const own = await createFlushBench()
  const unswept = await startWorker(own, { sweepEveryMs: 600_000 })
  const waiting = flusherOf(own)
  await own.prisma.counter.create({ data: counter('w4') })
  const sequences: number[] = []
  for (let i = 0; i < 20; i++) sequences.push(await own.accept('Counter', 'w4', { kind: 'U', add: { hits: 1 } }))
  let flushes = 0
  unswept.on('flush', () => void flushes++)
  await Promise.all(sequences.map((sequence) => waiting.flushUpTo(own.marks('Counter', 'w4', sequence))))
  expect(await own.prisma.counter.findUnique({ where: { id: 'w4' } })).toEqual(counter('w4', { hits: 20 }))
  expect(flushes).toBe(1)
  await own.close()
})

it('adds up deltas over many windows, beside a writer past the queue', async () => {
  await bench.prisma.counter.create({ data: counter('w5') })
  let sequence = 0
  for (let window = 0; window < 15; window++) {
    for (let i = 0; i < 4; i++)
      sequence = await bench.accept('Counter', 'w5', { kind: 'U', add: { hits: 1, total: -3n } })
    const flushing = flush('w5', sequence)
    await bench.accept('Counter', 'w5', { kind: 'U', add: { hits: 1 } })
    await bench.prisma.counter.update({ where: { id: 'w5' }, data: { hits: { increment: 100 } } })
    await flushing
  }
  await flusher.flushUpTo(await flusher.marks(['Counter']))
  expect(await read('w5')).toEqual(counter('w5', { hits: 15 * 105, total: -180n }))
})

it('tells those who wait, the worker and the queue of a rejected write; the rest is applied', async () => {
  const { bullPrefix } = bench.keys
  const queue = new Queue('flush', { prefix: bullPrefix, connection: bench.redis() })
  await bench.prisma.counter.create({ data: counter('w6', { hits: 1 }) })
  const shard = shardOf('w6')
  const good = Array.from({ length: 500 }, (_, i) => `g${i}`).filter((id) => shardOf(id) === shard)
  for (const id of good) await bench.accept('Counter', id, { kind: 'C', set: counter(id) })
  const sequence = await bench.accept('Counter', 'w6', { kind: 'C', set: counter('w6') })
  const error = await flush('w6', sequence).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(FlushRejectedError)
  expect(error).toMatchObject({
    code: 'PC1303',
    rejected: [{ model: 'Counter', row: 'w6', kind: 'C', sqlState: '23505' }],
  })
  expect(rejections.map(({ row }) => row)).toEqual(['w6'])
  expect(await flusher.status('Counter', 'w6')).toBe('rejected')
  expect(await flusher.rejected(['Counter'])).toMatchObject([{ row: 'w6', set: { label: '=none' } }])
  expect(await bench.prisma.counter.count({ where: { id: { in: good } } })).toBe(good.length)
  expect(await read('w6')).toEqual(counter('w6', { hits: 1 }))
  const failed = await queue.getFailed()
  expect(failed.map(({ name, data, failedReason }) => [name, (data as RejectedChange).row, failedReason])).toEqual([
    ['rejected', 'w6', expect.stringContaining('duplicate key')],
  ])
  await queue.close()

  // Whoever waits for that very write is told, however late; whoever flushes everything is told once.
  await expect(flush('w6', sequence)).rejects.toMatchObject({ code: 'PC1303' })
  await flusher.flushUpTo(await flusher.marks(['Counter']))
})

it('says what is left, and why, when a flush does not finish in time', async () => {
  const lonely = await createFlushBench()
  const waiting = flusherOf(lonely)
  const sequence = await lonely.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  const error = await waiting.flushUpTo(lonely.marks('Counter', 'a', sequence), 100).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'PC1302', message: expect.stringContaining('No flush worker is connected') })
  expect(error.message).toContain(`Counter.${shardOf('a')} (1 rows)`)
  await lonely.close()
})

/** A database whose first transaction has committed and holds still until it is let go. */
function holdingCommits(own: FlushBench) {
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const prisma = {
    $queryRawUnsafe: own.prisma.$queryRawUnsafe.bind(own.prisma),
    $executeRawUnsafe: own.prisma.$executeRawUnsafe.bind(own.prisma),
    $transaction: async (work: never, options: never) => {
      const result = await own.prisma.$transaction(work, options)
      arrive()
      await opened
      return result
    },
  }
  return { prisma: prisma as unknown as FlushDatabase, arrived, open }
}

it('leads to a later flush what is accepted while the job of its shard is active', async () => {
  const own = await createFlushBench()
  const { prisma, arrived, open } = holdingCommits(own)
  const slow = await startWorker(own, { prisma, sweepEveryMs: 600_000, takeoverMs: 300 })
  const waiting = flusherOf(own)
  await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
  waiting.schedule('Counter', shardOf('a'), 0)
  await arrived
  await own.accept('Counter', 'a', { kind: 'U', add: { hits: 7 } })
  const flushes: number[] = []
  const twice = new Promise<void>((resolve) => {
    slow.on('flush', ({ rows }) => flushes.push(rows) === 2 && resolve())
  })
  waiting.schedule('Counter', shardOf('a'), 100)
  await own.store.ping()
  open()
  await twice
  expect(await own.prisma.counter.findUnique({ where: { id: 'a' } })).toEqual(counter('a', { hits: 7 }))
  await own.close()
})

describe('closing', () => {
  it('waits no longer than its deadline; another worker finds what was in hand', async () => {
    const own = await createFlushBench()
    const { prisma, arrived, open } = holdingCommits(own)
    const stuck = await startWorker(own, { prisma, sweepEveryMs: 600_000 })
    const waiting = flusherOf(own)
    const sequence = await own.accept('Counter', 'a', { kind: 'C', set: counter('a') })
    waiting.schedule('Counter', shardOf('a'), 0)
    await arrived
    await stuck.close({ deadlineMs: 50 })
    await startWorker(own, { sweepEveryMs: 200, takeoverMs: 300 })
    open()
    // Its job is taken over once it counts as stalled.
    await waiting.flushUpTo(own.marks('Counter', 'a', sequence))
    expect(await own.prisma.counter.findUnique({ where: { id: 'a' } })).toEqual(counter('a'))
    await own.close()
  }, 20_000)

  it('finishes what is in hand, and leaves the rest for another worker', async () => {
    const own = await createFlushBench()
    const first = await startWorker(own)
    const waiting = flusherOf(own)
    const sequence = await own.accept('Counter', 'z', { kind: 'C', set: counter('z') })
    const flushing = waiting.flushUpTo(own.marks('Counter', 'z', sequence))
    await first.close()
    await startWorker(own)
    await flushing
    expect(await own.prisma.counter.findUnique({ where: { id: 'z' } })).toEqual(counter('z'))
    await own.close()
  })
})
