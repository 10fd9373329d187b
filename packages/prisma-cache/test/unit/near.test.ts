import type { Tag } from '../../src/protocol/tag.js'
import { keys, nearBench, row, wide } from './support/near-bench.js'

const { jest } = import.meta as unknown as { jest: typeof globalThis.jest }

test('it follows the versions of its models and the epoch, over one connection that is told nothing else after', async () => {
  const { near, sent, listening } = nearBench()
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
  const { near, keep, found, has, listening } = nearBench()
  expect(keep()).toBe(false)
  const before = near.moment()
  await listening()
  expect(near.keep(before, found())).toBe(false)
  expect(keep()).toBe(true)
  expect(has()).toBe(true)
})

test('a key that changes drops the copy, and refuses one whose lookup began before', async () => {
  const { near, keep, has, found, push, listening } = nearBench()
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
  const { near, keep, has, found, push, pushAll, listening } = nearBench()
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
  const { keep, listening } = nearBench()
  await listening()
  expect(keep({ stamps: { epoch: 'nonce@other/replication', versions: ['1.a', '1.b'] } })).toBe(false)
})

test('an answer that depends on a model which is not followed is not kept', async () => {
  const { keep, listening } = nearBench()
  await listening()
  expect(keep({ tags: [row, { kind: 'table', model: 'Other' }] })).toBe(false)
  expect(keep({ tags: [row, { kind: 'table', model: 'Post' }] })).toBe(true)
})

test('a key that Redis has under another name is not kept', async () => {
  const { keep, listening } = nearBench()
  await listening()
  expect(keep({ tags: [{ kind: 'row', model: 'User', row: 'a\ud800' }, wide] })).toBe(false)
  expect(keep({ tags: [{ kind: 'row', model: 'User', row: '😀' }, wide] })).toBe(true)
})

test('a connection that does not answer is not trusted for long, then given up; the copies with it', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] })
  const { near, keep, has, clock, events, redis, silence, answerPings, settled, listening } = nearBench()
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
  const { keep, has, near, found, state, listening } = nearBench()
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
  const { near, silence, answerPings, settled, listening } = nearBench()
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
  const { near, keep, has, listening } = nearBench()
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
  test.each<[string, Parameters<typeof nearBench>[0], string]>([
    ['a cluster', { link: { cluster: true }, another: () => undefined }, 'a Redis Cluster'],
    ['a client of another kind', { another: () => undefined }, 'cannot be duplicated'],
  ])('%s', async (_, options, reason) => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { near, keep, listening } = nearBench(options)
    await listening()
    near.open()
    expect(keep()).toBe(false)
    expect(warnings.mock.calls).toEqual([[expect.stringContaining(reason), 'PrismaCacheWarning']])
    warnings.mockRestore()
  })

  test('a server that does not know tracking, or forbids it', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { near, keep, answers, redis, listening } = nearBench()
    answers.TRACKING = Object.assign(new Error('NOPERM no permission'), { name: 'ReplyError' })
    await listening()
    near.open()
    expect(keep()).toBe(false)
    expect(redis.status).toBe('end')
    expect(warnings.mock.calls).toEqual([[expect.stringContaining('NOPERM'), 'PrismaCacheWarning']])
    warnings.mockRestore()
  })
})
