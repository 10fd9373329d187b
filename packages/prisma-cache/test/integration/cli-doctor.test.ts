import { join } from 'node:path'
import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { startFlushWorker } from 'prisma-cache/worker'
import { main } from '../../src/cli/main.js'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const schema = join(import.meta.dirname, '../prisma/schema.prisma')

let bench: Bench
let server: RedisServer
let redis: Redis
beforeAll(async () => {
  bench = await createBench()
  server = await startRedis() // an append-only file, forced to disk at each write
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis.disconnect()
  await bench.close()
  await server.stop()
})

async function doctor(...args: string[]) {
  const out: string[] = []
  const err: string[] = []
  const io = {
    cwd: import.meta.dirname,
    env: { REDIS_URL: server.url, DATABASE_URL: bench.databaseUrl },
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
  }
  const code = await main(['doctor', ...args, '--schema', schema, '--namespace', bench.namespace], io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

test('a server that is set up as it should be, without and with a worker', async () => {
  const before = await doctor()
  expect(before).toMatchObject({ code: 0, err: '' })
  expect(before.out).toMatch(/^ok {7}Redis {5}(Valkey|Redis) \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+$/m)
  expect(before.out).toMatch(/^ok .+ maxmemory-policy noeviction$/m)
  expect(before.out).toMatch(/^ok .+ durability can be kept: Counter memory, .+ and Visit fsync$/m)
  expect(before.out).toMatch(/append-only file, appendfsync always; WAITAOF (not )?known; connected replicas: 0$/m)
  expect(before.out).toMatch(/^ok .+ Postgres \d+/m)
  expect(before.out).toMatch(/^ok .+ the ledger table is there$/m)
  expect(before.out).toMatch(/^ok .+ tables of 15 models have the columns of the schema$/m)
  expect(before.out).toMatch(/^warning +queue +no flush worker is connected\n {19}next: /m)
  expect(before.out).toMatch(/\n0 problems, 1 warning$/)

  const { prisma } = extend(bench, { redis: server.url })
  await prisma.room.create({ data: {} })
  const waiting = await doctor()
  expect(waiting.code).toBe(1)
  expect(waiting.out).toMatch(/^problem +queue +no flush worker is connected, and 1 row wait for one$/m)

  const options = { policies, redis: server.url, namespace: bench.namespace, sweepEveryMs: 600_000 }
  const worker = await startFlushWorker({ ...options, prisma: bench.plain() })
  await prisma.$cache.flush()
  const after = await doctor('--json')
  expect(after.code).toBe(0)
  const told = JSON.parse(after.out)
  expect(told).toMatchObject({ formatVersion: 1, ok: true, problems: 0, warnings: 0 })
  expect(told.findings).toContainEqual({ area: 'queue', state: 'ok', text: '1 flush worker connected' })
  expect(told.findings).toContainEqual(
    expect.objectContaining({ state: 'ok', text: expect.stringMatching(/^queue epoch \d+ is of this server$/) }),
  )
  await worker.close()
})

test('each promise that is not kept is a problem', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await redis.config('SET', 'appendonly', 'no')
  const { code, out } = await doctor()
  await redis.config('SET', 'appendonly', 'yes')
  await redis.config('SET', 'maxmemory-policy', 'noeviction')
  expect(code).toBe(1)
  expect(out).toMatch(/^problem +Redis +maxmemory-policy allkeys-lru: accepted writes of Counter, .+ may be evicted$/m)
  expect(out).toMatch(/next: set `maxmemory-policy noeviction`$/m)

  await redis.config('SET', 'appendonly', 'no')
  const lost = await doctor()
  await redis.config('SET', 'appendonly', 'yes')
  expect(lost.out).toMatch(/^problem +Redis +Visit promises durability fsync, .+ Set `appendonly yes`/m)
})

test('a schema that the database does not have, and what a trigger does', async () => {
  const plain = bench.plain()
  await plain.$executeRaw`alter table "Counter" drop column "label", add column "owner" text`
  await plain.$executeRaw`alter table "Pass" add column "floor" int not null`
  await plain.$executeRaw`alter table "Team" rename to "teams"`
  await plain.$executeRaw`create function nothing() returns trigger language plpgsql as 'begin return null; end'`
  await plain.$executeRaw`create trigger after_account after update on "Account" execute function nothing()`
  const { code, out } = await doctor()
  expect(code).toBe(1)
  expect(out).toMatch(/^problem +schema +Counter: the table has no column label$/m)
  expect(out).toMatch(
    /^problem +schema +Pass: the schema does not know floor, .+: every accepted create will be rejected$/m,
  )
  expect(out).toMatch(/^problem +schema +Team: there is no table "Team"$/m)
  expect(out).toMatch(/^warning +schema +Account: the table has the AFTER trigger after_account, /m)
})

test('a ledger that another Redis moves, writes that were rejected, and a flush that fails', async () => {
  const { prisma, plain } = extend(bench, { redis: server.url })
  const options = { policies, redis: server.url, namespace: bench.namespace, sweepEveryMs: 600_000 }
  const worker = await startFlushWorker({ ...options, prisma: bench.plain(), onError: () => {} })
  bench.onClose(() => worker.close())
  await plain.$executeRaw`alter table "Everything" add constraint "no_minus" check (i >= 0)`
  await prisma.everything.create({ data: { id: 'bad', i: -1 } })
  await expect(prisma.$cache.flush('Everything')).rejects.toMatchObject({ code: 'PC1303' })
  // A column that it sets is gone: that may be mended, so it is tried again and again.
  await prisma.room.create({ data: {} })
  await plain.$executeRaw`alter table "Room" rename column "uses" to "used"`
  const flushed = prisma.$cache.flush('Room')
  const failing = await untilTold(/^problem +queue +Room\.\d: the last attempt to flush it failed: .*uses/m)
  expect(failing).toMatch(/^warning +queue +Everything: 1 rejected write kept$/m)
  await plain.prismaCacheLedger.create({ data: { shard: `${bench.namespace}:Other.0`, epoch: 99n, batch: 1n } })
  const { out } = await doctor()
  expect(out).toMatch(/^problem +queue +the ledger is at queue epoch 99, past this Redis' \d+: another Redis/m)
  await plain.$executeRaw`alter table "Room" rename column "used" to "uses"`
  await flushed
})

async function untilTold(what: RegExp): Promise<string> {
  for (let looks = 0; ; looks++) {
    const { out } = await doctor()
    if (what.test(out)) return out
    if (looks > 100) expect(out).toMatch(what)
  }
}

test('what does not answer is said', async () => {
  expect(await doctor('--redis', 'redis://127.0.0.1:1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('PC6302'),
  })
  expect(await doctor('--database', 'postgresql://127.0.0.1:1/x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('PC6303'),
  })
})
