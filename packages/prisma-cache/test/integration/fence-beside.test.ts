import { Redis } from 'ioredis'
import * as commands from '../../src/protocol/commands.generated.js'
import { createKeys } from '../../src/protocol/keys.js'
import { verifyEpoch } from '../../src/store/epoch.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createSignal, start } from './support/gate.js'

/** A `session` update whose fence travels beside the statement, and may come to Redis long after it. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  await verifyEpoch(bench.redis(), createKeys(bench.namespace), 1) // no quarantine
})
afterAll(() => bench.close())

/** A client whose next fence can be held back. */
function holding() {
  const redis = new Redis(bench.redisUrl)
  bench.onClose(async () => redis.disconnect())
  let held: { readonly sent: () => void; readonly pass: Promise<void> } | undefined
  const send = redis.evalsha.bind(redis) as (...args: unknown[]) => Promise<unknown>
  redis.evalsha = (async (...args: unknown[]) => {
    if (args[0] === commands.fence.sha1 && held) {
      const { sent, pass } = held
      held = undefined
      sent()
      await pass
    }
    return await send(...args)
  }) as typeof redis.evalsha
  return {
    ...extend(bench, { redis }),
    holdFence() {
      const sent = createSignal()
      const pass = createSignal()
      held = { sent: sent.give, pass: pass.given }
      return { sent: sent.given, open: pass.give }
    },
  }
}

let next = 0
/** A row that `writer` has put, so that it knows every version of it, and an update of it that Postgres has committed. */
async function committedBeforeItsFence() {
  const writer = holding()
  const other = extend(bench)
  const where = { scope_key: { scope: 'beside', key: String(++next) } }
  await writer.prisma.setting.create({ data: { ...where.scope_key, value: 'old' } })
  const fence = writer.holdFence()
  const writing = start(writer.prisma.setting.update({ where, data: { value: 'ours' } }))
  await fence.sent
  const stored = async () => (await other.plain.setting.findUnique({ where }))!.value
  while ((await stored()) !== 'ours');
  return {
    where,
    other,
    async end() {
      fence.open()
      await writing
    },
    read: async () => (await other.prisma.setting.findUnique({ where }))!.value,
  }
}

test('the statement does not wait for the fence, and the row is a hit for everybody after it', async () => {
  const { other, end, read } = await committedBeforeItsFence()
  await end()
  other.events()
  expect(await read()).toBe('ours')
  expect(other.events()).toEqual(['hit:Setting.findUnique'])
})

test('a row that somebody has written since is not put', async () => {
  const { where, other, end, read } = await committedBeforeItsFence()
  await other.prisma.setting.update({ where, data: { value: 'later' } })
  await end()
  expect(await read()).toBe('later')
})

test('nor one that was changed with others', async () => {
  const { where, other, end, read } = await committedBeforeItsFence()
  await other.prisma.setting.updateMany({ where: { scope: where.scope_key.scope }, data: { value: 'later' } })
  await end()
  expect(await read()).toBe('later')
})

test('nor one of which somebody has fenced before and published since', async () => {
  const writer = holding()
  const other = holding()
  const where = { scope_key: { scope: 'both', key: '1' } }
  await writer.prisma.setting.create({ data: { ...where.scope_key, value: 'old' } })
  await other.prisma.setting.findUnique({ where })
  await other.prisma.setting.update({ where, data: { value: 'before' } })
  await writer.prisma.setting.findUnique({ where })
  // Both know the version, and both statements are committed before either fence comes.
  const first = writer.holdFence()
  const second = other.holdFence()
  const writing = start(writer.prisma.setting.update({ where, data: { value: 'first' } }))
  await first.sent
  while ((await writer.plain.setting.findUnique({ where }))!.value !== 'first');
  const after = start(other.prisma.setting.update({ where, data: { value: 'second' } }))
  await second.sent
  while ((await writer.plain.setting.findUnique({ where }))!.value !== 'second');
  first.open()
  await writing
  second.open()
  await after
  expect((await extend(bench).prisma.setting.findUnique({ where }))!.value).toBe('second')
})

test('a fence that Redis refuses costs the put, and neither the write nor an old row', async () => {
  const redis = new Redis(bench.redisUrl)
  bench.onClose(async () => redis.disconnect())
  const writer = extend(bench, { redis })
  const where = { scope_key: { scope: 'refused', key: '1' } }
  await writer.prisma.setting.create({ data: { ...where.scope_key, value: 'old' } })
  const send = redis.evalsha.bind(redis) as (...args: unknown[]) => Promise<unknown>
  redis.evalsha = (async (...args: unknown[]) => {
    if (args[0] === commands.fence.sha1) throw new Error('OOM command not allowed')
    return await send(...args)
  }) as typeof redis.evalsha
  await writer.prisma.setting.update({ where, data: { value: 'new' } })
  const reader = extend(bench)
  expect((await reader.prisma.setting.findUnique({ where }))!.value).toBe('new')
  expect(reader.events()).toContain('miss:Setting.findUnique(stale)')
})
