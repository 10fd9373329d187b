import { Redis } from 'ioredis'
import { startFlushWorker } from 'prisma-cache/worker'
import * as commands from '../../src/protocol/commands.generated.js'
import { createKeys, shardOf } from '../../src/protocol/keys.js'
import { policies } from '../prisma/generated/cache/index.js'
import type { PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, createSignal, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  await startWorker(bench, bench.plain())
})
afterAll(() => bench.close())

async function startWorker({ redisUrl: redis, namespace, onClose }: Bench, prisma: object): Promise<void> {
  const worker = await startFlushWorker({ prisma: prisma as never, policies, redis, namespace })
  onClose(() => worker.close())
}

const WENT_DIRECT = 'the row is being written past the queue'
const push = (what: string) => ({ strings: { push: what } })

/** No two tests share a row, though they share a table. */
let rows = 0
const newRow = () => `row${rows++}`

describe('what names no row and is written past the queue stands with what others write meanwhile', () => {
  type Client = Pick<PrismaClient, 'everything' | '$executeRawUnsafe'>

  it.each<[string, string, (prisma: Client, id: string) => PromiseLike<unknown>]>([
    [
      'updateMany',
      'Everything.updateMany',
      (prisma, id) => prisma.everything.updateMany({ where: { id }, data: push('past') }),
    ],
    [
      'raw SQL',
      '$executeRawUnsafe',
      (prisma, id) =>
        prisma.$executeRawUnsafe(`UPDATE "Everything" SET strings = strings || 'past'::text WHERE id = '${id}'`),
    ],
  ])('%s', async (_, operation, write) => {
    const [gates, id] = [createGates(), newRow()]
    const [held, other] = [extend(bench, { gates }), extend(bench)]
    await other.plain.everything.create({ data: { id, strings: ['first'] } })
    const statement = gates.hold(operation, 'before')
    const writing = start(write(held.prisma as unknown as Client, id))
    await statement.arrived
    await other.prisma.everything.update({ where: { id }, data: push('meanwhile') })
    expect(other.events()).toContain(`direct:Everything.update(${WENT_DIRECT})`)
    statement.open()
    await writing
    // What is accepted after it rests on both.
    await other.prisma.everything.update({ where: { id }, data: push('after') })
    expect(other.events()).toContain('accept:Everything.update')
    await other.prisma.$cache.flush()
    const row = await other.plain.everything.findUnique({ where: { id } })
    expect(row!.strings).toEqual(['first', 'meanwhile', 'past', 'after'])
  })

  it('a row that is chosen by another unique key', async () => {
    const gates = createGates()
    const [held, other] = [extend(bench, { gates }), extend(bench)]
    const { id } = await other.plain.ticket.create({ data: { code: 'c' } })
    const statement = gates.hold('Ticket.update', 'before')
    const writing = start(held.prisma.ticket.update({ where: { code: 'c' }, data: { uses: 20 } }))
    await statement.arrived
    await other.prisma.ticket.update({ where: { id }, data: { uses: 10 } })
    statement.open()
    await writing
    await other.prisma.$cache.flush()
    expect(await other.plain.ticket.findUnique({ where: { id } })).toMatchObject({ uses: 20 })
  })

  it('a row that gets another key, and one that is made with that key', async () => {
    const [gates, id, next] = [createGates(), newRow(), newRow()]
    const [held, other] = [extend(bench, { gates }), extend(bench)]
    await other.plain.everything.create({ data: { id } })
    const statement = gates.hold('Everything.update', 'before')
    const writing = start(held.prisma.everything.update({ where: { id }, data: { id: next } }))
    const failed = expect(writing).rejects.toMatchObject({ code: 'P2002' })
    await statement.arrived
    await other.prisma.everything.create({ data: { id: next, s: 'meanwhile' } })
    statement.open()
    await failed
    await other.prisma.$cache.flush()
    expect(await other.plain.everything.findUnique({ where: { id: next } })).toMatchObject({ s: 'meanwhile' })
  })

  it.each([
    ['the row that it has written', 0],
    ['another one, which it writes later', 1],
  ])('an interactive transaction: %s', async (_, which) => {
    const [inside, other] = [extend(bench), extend(bench)]
    const ids = [newRow(), newRow()]
    const id = ids[which]!
    for (const one of ids) await other.plain.everything.create({ data: { id: one, strings: ['first'] } })
    let writing: Promise<unknown> = Promise.resolve()
    await inside.prisma.$transaction(async (tx) => {
      await tx.everything.update({ where: { id: ids[0]! }, data: push('inside') })
      const direct = other.until('direct')
      writing = start(other.prisma.everything.update({ where: { id }, data: push('meanwhile') }))
      // Its statement waits for the transaction where it has the row.
      await Promise.race([direct, writing])
      if (which === 1) {
        await writing
        await tx.everything.update({ where: { id }, data: push('inside') })
      }
    })
    await writing
    await other.prisma.$cache.flush()
    const row = await other.plain.everything.findUnique({ where: { id } })
    const both = which === 0 ? ['inside', 'meanwhile'] : ['meanwhile', 'inside']
    expect(row!.strings).toEqual(['first', ...both])
  })
})

it('a transaction that is rolled back lets its models go', async () => {
  const { prisma, events } = extend(bench)
  const id = newRow()
  const undone = prisma.$transaction(async (tx) => {
    await tx.everything.create({ data: { id } })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  events()
  await prisma.everything.create({ data: { id } })
  expect(events()).toContain('accept:Everything.create')
})

it('a row that was read before such a write is read again before a write is accepted on top of it', async () => {
  const [gates, id] = [createGates(), newRow()]
  const plain = bench.plain().$extends(gates.extension) as unknown as PrismaClient
  const [reading, other] = [extend(bench, { plain }), extend(bench)]
  await other.plain.everything.create({ data: { id, strings: ['first'] } })
  const read = gates.hold('Everything.findUnique', 'after')
  const writing = start(reading.prisma.everything.update({ where: { id }, data: push('late') }))
  await read.arrived
  await other.prisma.everything.updateMany({ where: { id }, data: push('past') })
  read.open()
  await writing
  await other.prisma.$cache.flush()
  const row = await other.plain.everything.findUnique({ where: { id } })
  expect(row!.strings).toEqual(['first', 'past', 'late'])
})

describe('a writer that stands still for longer than its lease', () => {
  const LEASE_MS = 200

  let bench: Bench
  beforeEach(async () => {
    bench = await createBench()
  })
  afterEach(() => bench.close())

  /** A client whose renewals do not reach Redis until they are let through. */
  function still() {
    const redis = new Redis(bench.redisUrl)
    bench.onClose(async () => redis.disconnect())
    const go = createSignal()
    const evalsha = redis.evalsha.bind(redis) as (...args: unknown[]) => Promise<unknown>
    let held = false
    Object.assign(redis, {
      async evalsha(...args: unknown[]) {
        if (args[0] === commands.hold.sha1) {
          if (held) await go.given
          held = true
        }
        return await evalsha(...args)
      },
    })
    return { go, ...extend(bench, { redis, lease: LEASE_MS }) }
  }

  /** Until others may write into the queue again. */
  async function lapsed(): Promise<void> {
    const redis = bench.redis()
    const { hold } = createKeys(bench.namespace).shard('Everything', shardOf('a'))
    const ends = Number(/:(\d+);/.exec((await redis.get(hold)) ?? '')![1])
    for (;;) {
      const [seconds, micros] = await redis.time()
      if (Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) > ends) return
    }
  }

  it('flushes once more what others have accepted since', async () => {
    const applied = createSignal()
    const drop = createSignal()
    const plain = bench.plain()
    await startWorker(bench, {
      $queryRawUnsafe: plain.$queryRawUnsafe.bind(plain),
      $executeRawUnsafe: plain.$executeRawUnsafe.bind(plain),
      async $transaction(...args: Parameters<typeof plain.$transaction>) {
        const result = await plain.$transaction(...args)
        applied.give()
        await drop.given
        return result
      },
    })
    const [slow, other] = [still(), extend(bench)]
    await other.plain.everything.create({ data: { id: 'a', strings: ['first'] } })
    await other.prisma.everything.update({ where: { id: 'a' }, data: push('early') })
    const writing = start(slow.prisma.everything.updateMany({ data: push('past') }))
    await applied.given
    await lapsed()
    await other.prisma.everything.update({ where: { id: 'a' }, data: push('between') })
    expect(other.events()).not.toContain(`direct:Everything.update(${WENT_DIRECT})`)
    slow.go.give()
    drop.give()
    await writing
    await other.prisma.$cache.flush()
    const row = await other.plain.everything.findUnique({ where: { id: 'a' } })
    expect(row!.strings).toEqual(['first', 'early', 'between', 'past'])
  })

  it('in a transaction, rolls it back: others may have accepted what would be applied over it', async () => {
    await startWorker(bench, bench.plain())
    const [slow, other] = [still(), extend(bench)]
    await other.plain.everything.create({ data: { id: 'a', strings: ['first'] } })
    const transaction = slow.prisma.$transaction(async (tx) => {
      await tx.everything.updateMany({ data: push('inside') })
      await lapsed()
      await other.prisma.everything.update({ where: { id: 'a' }, data: push('between') })
      slow.go.give()
    })
    await expect(transaction).rejects.toMatchObject({ code: 'PC1306' })
    await other.prisma.$cache.flush()
    const row = await other.plain.everything.findUnique({ where: { id: 'a' } })
    expect(row!.strings).toEqual(['first', 'between'])
  })
})
