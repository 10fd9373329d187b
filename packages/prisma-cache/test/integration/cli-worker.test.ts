import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const here = join(import.meta.dirname, '../..')

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

function command(...args: string[]) {
  const schema = ['--schema', join(here, 'test/prisma/schema.prisma'), '--namespace', bench.namespace]
  const child = spawn(process.execPath, [join(here, 'bin/prisma-cache.js'), ...args, ...schema], {
    env: { ...process.env, REDIS_URL: bench.redisUrl, DATABASE_URL: `${bench.databaseUrl}?schema=public` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = (stream: NodeJS.ReadableStream) => createInterface({ input: stream })[Symbol.asyncIterator]()
  return { child, out: lines(child.stdout), err: lines(child.stderr), ended: once(child, 'exit') }
}

test('a worker as a process of its own: it applies, says what is rejected, and ends when it is told to', async () => {
  const { prisma, plain } = extend(bench)
  await plain.$executeRaw`alter table "Everything" add constraint "no_minus" check (i >= 0)`
  const { child, out, err, ended } = command('worker', '--concurrency', '2')
  try {
    expect((await out.next()).value).toMatch(/^flushing Counter, .* and \w+$/)
    const values = {
      s: '{"a":"é"}',
      b: true,
      i: 7,
      l: 9007199254740993n,
      f: 0.1,
      d: '123.4500000000',
      t: new Date('2026-01-02T03:04:05.678Z'),
      tz: new Date('2026-01-02T03:04:05.678Z'),
      j: { a: [1, null, 'x'] },
      y: new Uint8Array([0, 1, 255]),
      e: 'PAID' as const,
      strings: ['a,b', '"'],
      ints: [1, -2],
      big: [9007199254740993n],
      uuid: '00000000-0000-4000-8000-000000000001',
    }
    const made = await prisma.everything.create({ data: { id: 'all', ...values } })
    await prisma.$cache.flush('Everything')
    expect(await plain.everything.findUnique({ where: { id: 'all' } })).toEqual(made)
    expect(await prisma.everything.findUnique({ where: { id: 'all' } })).toEqual(made)
    await prisma.everything.update({ where: { id: 'all' }, data: { i: { increment: 1 }, strings: { push: 'c' } } })
    await prisma.everything.create({ data: { id: 'bad', i: -1 } })
    await expect(prisma.$cache.flush('Everything')).rejects.toMatchObject({ code: 'PC1303' })
    expect((await err.next()).value).toMatch(/^rejected: Everything bad: .*no_minus/)
    expect(await plain.everything.findUnique({ where: { id: 'all' } })).toMatchObject({
      i: 8,
      strings: ['a,b', '"', 'c'],
    })
    child.kill('SIGTERM')
    expect((await out.next()).value).toBe('ending')
    expect(await ended).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
}, 30_000)

test('what keeps it from starting is said', async () => {
  await extend(bench).plain.$executeRaw`drop table "_prisma_cache_ledger"`
  const { err, ended } = command('worker')
  expect((await err.next()).value).toMatch(/^error\[PC1304\]: the table _prisma_cache_ledger is missing/)
  expect(await ended).toEqual([1, null])
  const other = command('worker', '--concurrency', '0')
  expect((await other.err.next()).value).toMatch(/^error\[PC6002\]/)
  expect(await other.ended).toEqual([2, null])
}, 30_000)
