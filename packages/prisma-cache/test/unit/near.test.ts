import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { createEventBus } from '../../src/events/events.js'
import { createKeys } from '../../src/protocol/keys.js'
import type { Tag } from '../../src/protocol/tag.js'
import type { Link } from '../../src/store/link.js'
import { createNear, type Found } from '../../src/store/near/near.js'

const { jest } = import.meta as unknown as { jest: typeof globalThis.jest }

const keys = createKeys('ns')
const row: Tag = { kind: 'row', model: 'User', row: '1' }
const wide: Tag = { kind: 'wide', model: 'User' }
const SERVER = 'run/replication'

/** A connection that answers when it is told to. */
function fakeRedis() {
  const pings: (() => void)[] = []
  const sent: unknown[][] = []
  let silent = false
  const answers: Record<string, unknown> = { server: 'run_id:run', replication: 'master_replid:replication' }
  const redis = Object.assign(new EventEmitter(), {
    status: 'wait',
    connect: async () => {
      redis.status = 'ready'
      redis.emit('ready')
    },
    info: async (part: string) => answers[part],
    client: async (...args: unknown[]) => {
      sent.push(args)
      const failure = answers[String(args[0])]
      if (failure) throw failure
      return 7
    },
    subscribe: async (channel: string) => void sent.push([channel]),
    ping: () =>
      new Promise<void>((resolve) => {
        if (silent) pings.push(resolve)
        else resolve()
      }),
    disconnect: (again = false) => {
      redis.status = again ? 'reconnecting' : 'end'
      redis.emit('close')
      if (!again) redis.emit('end')
    },
  })
  return {
    redis,
    sent,
    answers,
    push: (...names: string[]) =>
      redis.emit(
        'messageBuffer',
        Buffer.from('x'),
        names.map((name) => Buffer.from(name)),
      ),
    pushAll: () => redis.emit('messageBuffer', Buffer.from('x'), null),
    silence() {
      silent = true
    },
    answerPings() {
      silent = false
      for (const answer of pings.splice(0)) answer()
    },
  }
}

function bench(more: { link?: Partial<Link>; another?: () => Redis | undefined } = {}) {
  const fake = fakeRedis()
  const clock = { at: 1000 }
  const state = { generation: 1, up: true }
  const events: string[] = []
  const bus = createEventBus()
  bus.on('near', (event) => events.push(event.state))
  const link = {
    keys,
    cluster: false,
    isUp: () => state.up,
    generation: () => state.generation,
    ...more.link,
  } as Partial<Link> as Link
  const near = createNear({
    link,
    events: bus,
    another: more.another ?? (() => fake.redis as unknown as Redis),
    limits: new Map([['User', 100]]),
    models: new Set(['User', 'Post']),
    now: () => clock.at,
  })
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  const found = (more: Partial<Found> = {}): Found => ({
    model: 'User',
    entry: 'entry',
    text: 'text',
    tags: [row, wide],
    stamps: { epoch: `nonce@${SERVER}`, versions: ['1.a', '1.b'] },
    lifeMs: 60_000,
    ageMs: 0,
    ttlMs: 30_000,
    ...more,
  })
  return {
    ...fake,
    near,
    clock,
    state,
    events,
    settled,
    found,
    keep: (more: Partial<Found> = {}) => near.keep(near.moment(), found(more)),
    has: () => near.find('User', 'entry') !== undefined,
    async listening() {
      near.open()
      await settled()
    },
  }
}

test('it follows the versions of its models and the epoch, over one connection that is told nothing else after', async () => {
  const { near, sent, listening } = bench()
  await listening()
  const prefixes = [keys.epoch, ...['User', 'Post'].flatMap((model) => keys.versionPrefixes(model))]
  expect(sent).toEqual([
    ['ID'],
    ['TRACKING', 'ON', 'REDIRECT', 7, 'BCAST', ...prefixes.flatMap((prefix) => ['PREFIX', prefix])],
    ['__redis__:invalidate'],
  ])
  expect(near.follows('Post')).toBe(true)
  expect(near.follows('Other')).toBe(false)
})

test('nothing is kept before it listens, nor of a lookup that began before', async () => {
  const { near, keep, found, has, listening } = bench()
  expect(keep()).toBe(false)
  const before = near.moment()
  await listening()
  expect(near.keep(before, found())).toBe(false)
  expect(keep()).toBe(true)
  expect(has()).toBe(true)
})

test('a key that changes drops the copy, and refuses one whose lookup began before', async () => {
  const { near, keep, has, found, push, listening } = bench()
  await listening()
  const rowKey = keys.tag(row).version
  keep()
  const moment = near.moment()
  push('ns:v:{User}:t', rowKey)
  expect(has()).toBe(false)
  expect(near.keep(moment, found())).toBe(false)
  expect(keep()).toBe(true)
})

test('the epoch, and a message of all keys, drop everything and refuse what is under way', async () => {
  const { near, keep, has, found, push, pushAll, listening } = bench()
  await listening()
  for (const tell of [() => push(keys.epoch), pushAll]) {
    keep()
    const moment = near.moment()
    tell()
    expect(has()).toBe(false)
    expect(near.keep(moment, found())).toBe(false)
  }
})

test('an entry of another server than the one that is listened to is not kept', async () => {
  const { keep, listening } = bench()
  await listening()
  expect(keep({ stamps: { epoch: 'nonce@other/replication', versions: ['1.a', '1.b'] } })).toBe(false)
})

test('a key that Redis has under another name is not kept', async () => {
  const { keep, listening } = bench()
  await listening()
  expect(keep({ tags: [{ kind: 'row', model: 'User', row: 'a\ud800' }, wide] })).toBe(false)
  expect(keep({ tags: [{ kind: 'row', model: 'User', row: '😀' }, wide] })).toBe(true)
})

test('a connection that does not answer is not trusted for long, then given up; the copies with it', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] })
  const { near, keep, has, clock, events, redis, silence, answerPings, settled, listening } = bench()
  await listening()
  keep()
  silence()
  clock.at += 1999
  expect(has()).toBe(true)
  jest.advanceTimersByTime(500) // a beat
  clock.at += 1
  expect(has()).toBe(false)
  answerPings() // it was only slow: everything is told that changed before it was asked
  await settled()
  expect(has()).toBe(true)
  silence()
  jest.advanceTimersByTime(500)
  clock.at += 2001
  jest.advanceTimersByTime(500)
  expect(redis.status).toBe('reconnecting')
  expect(events).toEqual(['on', 'off'])
  await redis.connect()
  answerPings()
  await settled()
  expect(events).toEqual(['on', 'off', 'on'])
  expect(has()).toBe(false)
  await near.close()
  jest.useRealTimers()
})

test('a lost connection of the commands empties it; nothing is served while that is down', async () => {
  const { keep, has, near, found, state, listening } = bench()
  await listening()
  keep()
  state.up = false
  expect(has()).toBe(false)
  state.up = true
  expect(has()).toBe(true)
  const moment = near.moment()
  state.generation++
  expect(has()).toBe(false)
  expect(near.keep(moment, found())).toBe(false)
})

test('it is past what was asked when a later ping is back, also over another connection', async () => {
  const { near, silence, answerPings, settled, listening } = bench()
  await listening()
  silence()
  const asked = near.ask()
  expect(near.isPast(asked)).toBe(false)
  const more = near.ask() // the one under way was sent before
  answerPings()
  await settled()
  expect(near.isPast(asked)).toBe(true)
  expect(near.isPast(more)).toBe(true)
  await near.close()
  expect(near.isPast(more)).toBe(false)
})

test('its own writes drop what they replace; of lists by field those of a field whose values they do not name', async () => {
  const { near, keep, has, listening } = bench()
  await listening()
  const list: Tag[] = [
    { kind: 'key', model: 'User', field: 'email', value: 'a' },
    { kind: 'field', model: 'User', field: 'email' },
  ]
  keep({ tags: list })
  near.replaced([{ kind: 'table', model: 'User', named: ['email', 'name'] }, wide, row])
  expect(has()).toBe(true)
  near.replaced([{ kind: 'table', model: 'User', named: ['name'] }])
  expect(has()).toBe(false)
  for (const written of [{ kind: 'table', model: 'User' }, ...list] as Tag[]) {
    keep({ tags: list })
    near.replaced([written])
    expect(has()).toBe(false)
  }
})

describe('where it cannot be, it says so once', () => {
  test.each<[string, Parameters<typeof bench>[0], string]>([
    ['a cluster', { link: { cluster: true }, another: () => undefined }, 'a Redis Cluster'],
    ['a client of another kind', { another: () => undefined }, 'cannot be duplicated'],
  ])('%s', async (_, options, reason) => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { near, keep, listening } = bench(options)
    await listening()
    near.open()
    expect(keep()).toBe(false)
    expect(warnings.mock.calls).toEqual([[expect.stringContaining(reason), 'PrismaCacheWarning']])
    warnings.mockRestore()
  })

  test('a server that does not know tracking, or forbids it', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { near, keep, answers, redis, listening } = bench()
    answers.TRACKING = Object.assign(new Error('NOPERM no permission'), { name: 'ReplyError' })
    await listening()
    near.open()
    expect(keep()).toBe(false)
    expect(redis.status).toBe('end')
    expect(warnings.mock.calls).toEqual([[expect.stringContaining('NOPERM'), 'PrismaCacheWarning']])
    warnings.mockRestore()
  })
})
