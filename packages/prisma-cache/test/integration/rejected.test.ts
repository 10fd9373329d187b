import { join } from 'node:path'
import { Queue } from 'bullmq'
import { cache, definePolicies, writeBehind } from 'prisma-cache'
import { type FlushWorker, startFlushWorker } from 'prisma-cache/worker'
import { main } from '../../src/cli/main.js'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

/** What is pending stays so until somebody flushes. */
const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory' }),
})

let bench: Bench
let worker: FlushWorker
beforeAll(async () => {
  bench = await createBench()
  worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    sweepEveryMs: 600_000,
  })
  bench.onClose(() => worker.close())
  await bench.plain().$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
})
afterAll(() => bench.close())

const applied = cache({ durability: 'applied' })

/** A counter of 5 hits of which an update to -1 was refused. */
async function refused(id: string) {
  const client = extend(bench, { policies })
  const { prisma } = client
  const where = { id }
  await prisma.counter.create({ data: { id, hits: 5, label: 'was' }, ...applied })
  const data = { hits: -1, total: { increment: 3n }, label: 'x' }
  await expect(prisma.counter.update({ where, data, ...applied })).rejects.toMatchObject({ code: 'PC1303' })
  expect(await prisma.$cache.status('Counter', where)).toBe('rejected')
  return { ...client, where }
}

describe('status', () => {
  test('a later write that is applied ends it; one that is rejected does not', async () => {
    const { prisma, where } = await refused('status')
    await expect(prisma.counter.update({ where, data: { hits: -2 }, ...applied })).rejects.toMatchObject({
      code: 'PC1303',
    })
    expect(await prisma.$cache.status('Counter', where)).toBe('rejected')
    await prisma.counter.update({ where, data: { hits: 2 } })
    expect(await prisma.$cache.status('Counter', where)).toBe('pending')
    await prisma.$cache.flush('Counter')
    expect(await prisma.$cache.status('Counter', where)).toBe('clean')
    await expect(prisma.counter.update({ where, data: { hits: -3 }, ...applied })).rejects.toMatchObject({
      code: 'PC1303',
    })
    expect(await prisma.$cache.status('Counter', where)).toBe('rejected')
  })

  test('so does a write of the row past the queue, also in a transaction; not one that fails', async () => {
    const { prisma, where } = await refused('direct')
    await expect(prisma.counter.update({ where, data: { hits: { divide: 0 } } })).rejects.toThrow()
    expect(await prisma.$cache.status('Counter', where)).toBe('rejected')
    await prisma.counter.update({ where, data: { hits: { multiply: 2 } } })
    expect(await prisma.$cache.status('Counter', where)).toBe('clean')
    const second = await refused('transaction')
    await second.prisma
      .$transaction(async (tx) => {
        await tx.counter.update({ where: second.where, data: { hits: 1 } })
        throw new Error('never mind')
      })
      .catch(() => {})
    expect(await second.prisma.$cache.status('Counter', second.where)).toBe('rejected')
    await second.prisma.$transaction((tx) => tx.counter.update({ where: second.where, data: { hits: 1 } }))
    expect(await second.prisma.$cache.status('Counter', second.where)).toBe('clean')
  })
})

const schema = join(import.meta.dirname, '../prisma/schema.prisma')

async function cli(...args: string[]) {
  const out: string[] = []
  const err: string[] = []
  const env = { REDIS_URL: bench.redisUrl, DATABASE_URL: bench.databaseUrl }
  const io = {
    cwd: import.meta.dirname,
    env,
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
  }
  const all = [...args, '--schema', schema, '--namespace', bench.namespace]
  return {
    code: await main(all, io as unknown as NonNullable<Parameters<typeof main>[1]>),
    out: out.join('\n'),
    err: err.join('\n'),
  }
}

async function failedJobs(): Promise<string[]> {
  const queue = new Queue('flush', { prefix: `${bench.namespace}:{bull}`, connection: bench.redis() })
  const jobs = await queue.getFailed()
  await queue.close()
  return jobs.map((job) => (job.data as { row: string }).row)
}

describe('prisma-cache rejected', () => {
  test('list shows what was asked for and what Postgres said', async () => {
    await refused('listed')
    const { code, out } = await cli('rejected', 'list', 'Counter')
    expect(code).toBe(0)
    expect(out).toMatch(
      /Counter listed: update, rejected \d{4}-.*\n {2}23514 .*no_minus.*\n {2}hits = -1, label = x, total \+ 3\n/,
    )
    const json = JSON.parse((await cli('rejected', 'list', '--json')).out)
    expect(json.rejected).toContainEqual(
      expect.objectContaining({ model: 'Counter', row: 'listed', sqlState: '23514' }),
    )
  })

  test('retry accepts it once more on top of what Postgres has now, once', async () => {
    const { prisma, plain, where } = await refused('again')
    await plain.$executeRaw`alter table "Counter" drop constraint "no_minus"`
    await plain.counter.update({ where, data: { total: 10 } }) // past the cache
    expect(await cli('rejected', 'retry', 'Counter', 'again')).toMatchObject({
      code: 0,
      out: 'accepted 1 rejected write of Counter once more',
    })
    await prisma.$cache.flush('Counter')
    expect(await plain.counter.findUnique({ where })).toMatchObject({ hits: -1, total: 13n, label: 'x' })
    expect(await prisma.counter.findUnique({ where })).toMatchObject({ hits: -1, total: 13n, label: 'x' })
    expect(await prisma.$cache.status('Counter', where)).toBe('clean')
    expect(await failedJobs()).not.toContain('again')
    const again = await cli('rejected', 'retry', 'Counter', 'again')
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('PC6305') })
    await plain.counter.update({ where, data: { hits: 0 } })
    await plain.$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
  })

  test('retry that is refused again is rejected again', async () => {
    const { prisma, where } = await refused('still')
    expect(await cli('rejected', 'retry', 'Counter', 'still')).toMatchObject({ code: 0 })
    await prisma.$cache.flush('Counter').catch(() => {})
    expect(await prisma.$cache.status('Counter', where)).toBe('rejected')
    expect((await failedJobs()).filter((row) => row === 'still')).toHaveLength(1)
  })

  test('a create, and a delete and create', async () => {
    const { prisma, plain } = extend(bench, { policies })
    await expect(prisma.counter.create({ data: { id: 'made', hits: -4 }, ...applied })).rejects.toThrow('PC1303')
    await prisma.counter.create({ data: { id: 'replaced', hits: 1 }, ...applied })
    await prisma.counter.delete({ where: { id: 'replaced' } })
    await expect(prisma.counter.create({ data: { id: 'replaced', hits: -4 }, ...applied })).rejects.toThrow('PC1303')
    await plain.$executeRaw`alter table "Counter" drop constraint "no_minus"`
    expect(await cli('rejected', 'retry', 'Counter', 'made')).toMatchObject({ code: 0 })
    expect(await cli('rejected', 'retry', 'Counter', 'replaced')).toMatchObject({ code: 0 })
    await prisma.$cache.flush('Counter')
    const all = await plain.counter.findMany({ where: { id: { in: ['made', 'replaced'] } }, select: { hits: true } })
    expect(all).toEqual([{ hits: -4 }, { hits: -4 }])
    await plain.counter.updateMany({ where: { hits: { lt: 0 } }, data: { hits: 0 } })
    await plain.$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
  })

  test('retry explains what stands in its way', async () => {
    const { prisma, where } = await refused('newer')
    await prisma.counter.update({ where, data: { hits: 6 } })
    const pending = await cli('rejected', 'retry', 'Counter', 'newer')
    expect(pending).toMatchObject({
      code: 1,
      err: expect.stringMatching(/PC6306.*\n.*a newer change of the row is pending/),
    })
    await prisma.$cache.flush('Counter')
    const superseded = await cli('rejected', 'retry', 'Counter', 'newer')
    expect(superseded.err).toContain('a later write of the row was applied')
    const { prisma: other } = await refused('invalidated')
    await other.$cache.invalidate('Counter', { id: 'invalidated' })
    expect((await cli('rejected', 'retry', 'Counter', 'invalidated')).err).toContain('may have been written since')
    expect(await cli('rejected', 'retry', 'Counter', 'invalidated', '--force')).toMatchObject({ code: 0 })
    await prisma.$cache.flush('Counter').catch(() => {})
  })

  test('drop forgets it, here and in the queue; --all those of the model', async () => {
    const { prisma, where } = await refused('dropped')
    await refused('kept')
    expect(await cli('rejected', 'drop', 'Counter', 'dropped')).toMatchObject({ code: 0 })
    expect(await prisma.$cache.status('Counter', where)).toBe('clean')
    expect(await failedJobs()).not.toContain('dropped')
    expect(await failedJobs()).toContain('kept')
    expect(await cli('rejected', 'drop', 'Counter', '--all')).toMatchObject({ code: 0 })
    expect(await cli('rejected', 'list')).toMatchObject({ out: 'nothing is rejected' })
    expect(await failedJobs()).toEqual([])
  })

  test('what is missing is said', async () => {
    expect(await cli('rejected')).toMatchObject({ code: 2, err: expect.stringContaining('PC6002') })
    expect(await cli('rejected', 'forget')).toMatchObject({ code: 2 })
    expect(await cli('rejected', 'drop', 'Counter')).toMatchObject({ code: 2, err: expect.stringContaining('--all') })
    expect(await cli('rejected', 'drop', 'Contour', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('PC6004'),
    })
    expect(await cli('rejected', 'drop', 'Counter', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('PC6305'),
    })
    const nobody = ['--redis', 'redis://127.0.0.1:1']
    expect(await cli('pending', ...nobody)).toMatchObject({ code: 1, err: expect.stringContaining('PC6302') })
    expect(await cli('pending', '--redis', '127.0.0.1')).toMatchObject({ err: expect.stringContaining('PC6301') })
    const retry = ['rejected', 'retry', 'Counter', '--all', '--database']
    await refused('unanswered')
    expect(await cli(...retry, 'postgresql://127.0.0.1:1/x')).toMatchObject({ err: expect.stringContaining('PC6303') })
    await cli('rejected', 'drop', 'Counter', '--all')
  })
})

test('pending and flush', async () => {
  const { prisma, plain } = extend(bench, { policies })
  const room = await prisma.room.create({ data: {} })
  const { out } = await cli('pending', 'Room')
  expect(out).toMatch(/^model +rows +oldest +maxPending +flushed\/s +rejected\nRoom +1 +\d+m?s +100000 +0\.0 +0$/)
  expect(JSON.parse((await cli('pending', '--json')).out).models).toContainEqual(
    expect.objectContaining({ model: 'Room', rows: 1, maxPending: 100_000 }),
  )
  expect(await cli('flush', 'Room')).toMatchObject({ code: 0, out: 'applied: 1 row of Room' })
  expect(await plain.room.findUnique({ where: { id: room.id } })).not.toBeNull()
  expect(await cli('flush')).toMatchObject({ code: 0, out: 'nothing was pending' })
  await prisma.counter.create({ data: { id: 'flushed', hits: -1 } })
  expect(await cli('flush')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/PC6304.*\n {2}Counter flushed: .*no_minus/),
  })
})
