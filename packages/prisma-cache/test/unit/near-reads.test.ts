import { createEventBus } from '../../src/events/events.js'
import { planTerms } from '../../src/planner/read-terms.js'
import { createCausalSession } from '../../src/strategy/causal-session.js'
import { createHorizon } from '../../src/strategy/near-horizon.js'
import { createNearReads } from '../../src/strategy/near-reads.js'
import type { ReadRequest } from '../../src/strategy/read-through.js'
import { nearBench, row, wide } from './support/near-bench.js'

const NEAR_TTL = 30_000
const TTL = 60_000

/** Reads of one row, of which Redis holds `standing`; tells of what it was asked. */
async function bench(policy: object = {}) {
  const one = nearBench({ link: { settled: async () => {}, unpublished: { owes: () => owed } as never } })
  let owed = false
  await one.listening()
  const standing = { text: '{"deep":[1]}', ageMs: 0, lifeMs: TTL, versions: ['1.a', '1.b'] }
  const asked: string[] = []
  const events = createEventBus()
  events.on('hit', ({ source }) => asked.push(source))
  const through = {
    async read(request: ReadRequest) {
      asked.push('redis')
      const { text, ageMs, lifeMs, versions } = standing
      request.copy?.({ from: 'hit', stamps: { epoch: 'nonce@run/replication', versions }, text, lifeMs, ageMs })
      return JSON.parse(text)
    },
    idle: async () => {},
    learns: () => {
      throw new Error('not of this test')
    },
  }
  const horizon = createHorizon(one.near)
  const reads = createNearReads(through, { link: one.link, events, near: one.near, horizon, now: () => one.clock.at })
  const session = createCausalSession(() => false)
  const caching = {
    strategy: 'invalidate',
    ttl: TTL,
    negativeTtl: 1000,
    read: { kind: 'readThrough' },
    near: { kind: 'on', max: 100, ttlMs: NEAR_TTL },
    ...policy,
  } as never
  const model = { name: 'User', policy: caching }
  const plan = { kind: 'answer', model, models: [model], entry: 'entry', tags: [row, wide] }
  async function read(more: Partial<ReadRequest> = {}) {
    const answer = await reads.read({
      plan: plan as never,
      operation: 'findFirst',
      consistency: 'session',
      terms: planTerms(caching, 'session', undefined),
      session,
      load: async () => 'loaded',
      ...more,
    })
    await one.settled() // the pings that the read has caused are back
    return answer
  }
  return {
    ...one,
    read,
    older: { ...plan, entry: 'older' } as never,
    session,
    horizon,
    standing,
    owe: () => {
      owed = true
    },
    /** Where the answers since the last call came from. */
    sources: () => asked.splice(0),
    /** Time passes, and the connection of the pushes is alive. */
    async pass(ms: number) {
      one.clock.at += ms
      one.near.ask()
      await one.settled()
    },
  }
}

test('a copy is served for the ttl of the policy', async () => {
  const { read, sources, pass } = await bench()
  await read()
  await pass(NEAR_TTL - 1)
  await read()
  expect(sources()).toEqual(['redis', 'near'])
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis'])
})

test('and never longer than the entry lives in Redis, whose age it has from the start', async () => {
  const { read, sources, pass, standing } = await bench()
  standing.ageMs = TTL - 1000
  await read()
  await pass(999)
  await read()
  expect(sources()).toEqual(['redis', 'near'])
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis'])
})

test('nor of one that another policy stored for a shorter time', async () => {
  const { read, sources, pass, standing } = await bench()
  standing.lifeMs = 5000
  await read()
  await pass(4999)
  await read()
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis', 'near', 'redis'])
})

test('an entry that another policy stored for longer is served for the reader’s own ttl', async () => {
  const { read, sources, pass, standing } = await bench()
  Object.assign(standing, { ageMs: TTL - 1000, lifeMs: 10 * TTL })
  await read()
  await pass(999)
  await read()
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis', 'near', 'redis'])
})

test('“no such row” is served for its own time', async () => {
  const { read, sources, pass, standing } = await bench()
  Object.assign(standing, { text: 'null', lifeMs: 1000 })
  await read()
  await pass(999)
  expect(await read()).toBeNull()
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis', 'near', 'redis'])
})

test.each([
  ['refreshAhead', { read: { kind: 'refreshAhead', fraction: 0.1 } }, TTL * 0.1],
  ['staleWhileRevalidate', { read: { kind: 'staleWhileRevalidate', windowMs: TTL }, ttl: 1000 }, 1000],
] as const)('%s: what is to be loaded anew is asked of Redis, which sees to it', async (_, policy, early) => {
  const { read, sources, pass, standing } = await bench(policy)
  standing.lifeMs = 2 * TTL
  await read()
  await pass(early - 1)
  await read()
  await pass(1)
  await read()
  expect(sources()).toEqual(['redis', 'near', 'redis'])
})

test('no two callers share an object', async () => {
  const { read, sources } = await bench()
  await read()
  const one = (await read()) as { deep: number[] }
  one.deep.push(2)
  expect(await read()).toEqual({ deep: [1] })
  expect(sources()).toEqual(['redis', 'near', 'near'])
})

test('a copy from before what the session wrote, or of what is not published yet, is not served', async () => {
  const { read, sources, session, owe } = await bench()
  await read()
  session.mark(new Map([['r:User:1', '2.b']]))
  await read()
  await read({ session: createCausalSession(() => false) })
  const foreign = { versions: {}, floors: {}, unpublished: ['w:User'], pending: {} }
  await read({ session: createCausalSession(() => false, foreign) })
  owe()
  await read({ session: createCausalSession(() => false) })
  expect(sources()).toEqual(['redis', 'redis', 'near', 'redis', 'redis'])
})

test('after an answer from elsewhere copies are closed to the session until everything is told, for that session alone', async () => {
  const { read, sources, session, horizon, silence, answerPings, settled } = await bench()
  await read()
  silence()
  horizon.saw(session, ['Other'])
  await read()
  horizon.saw(session, ['Post', 'User'])
  await read()
  await read({ session: createCausalSession(() => false) })
  await read({ consistency: 'eventual' })
  answerPings()
  await settled()
  await read()
  expect(sources()).toEqual(['redis', 'near', 'redis', 'near', 'near', 'near'])
})

test('an answer of Redis that the copies hold too tells nothing new', async () => {
  const { read, session, horizon, near, standing } = await bench()
  await read()
  const saw: unknown[] = []
  const { ask } = near
  near.ask = () => {
    saw.push('asked')
    return ask()
  }
  horizon.saw(session, ['User'])
  await read({ near: false })
  expect(saw).toEqual(['asked'])
  standing.versions = ['2.a', '1.b']
  await read({ near: false })
  expect(saw).toEqual(['asked', 'asked'])
})

test('what has changed since a lookup began may be known by its answer, and closes the copies that are older', async () => {
  const { read, sources, silence, standing } = await bench()
  await read()
  silence()
  Object.assign(standing, { text: '"newer"', versions: ['2.a', '1.b'] })
  await read({ near: false })
  expect(await read()).toBe('newer')
  expect(sources()).toEqual(['redis', 'redis', 'redis'])
})

test('whoever is served a copy that is new is served none that may be older until everything is told', async () => {
  const { read, sources, older, silence, answerPings, settled, standing } = await bench()
  const [finder, reader] = [createCausalSession(() => false), createCausalSession(() => false)]
  await read({ plan: older })
  silence()
  standing.text = '"newer"'
  await read({ session: finder })
  await read({ session: reader, plan: older })
  await read({ session: reader })
  expect(await read({ session: reader, plan: older })).toBe('newer')
  answerPings()
  await settled()
  await read({ session: reader })
  expect(sources()).toEqual(['redis', 'redis', 'near', 'near', 'redis', 'near'])
})

test('nor whoever has found in Redis what such a copy holds', async () => {
  const { read, sources, older, horizon, silence, answerPing, settled, standing } = await bench()
  const [finder, reader] = [createCausalSession(() => false), createCausalSession(() => false)]
  await read({ plan: older })
  silence()
  horizon.saw(reader, ['User'])
  standing.text = '"newer"'
  await read({ session: finder })
  await read({ session: reader })
  answerPing() // of what the reader saw at first, and not of what it was told since
  await settled()
  expect(await read({ session: reader, plan: older })).toBe('newer')
  expect(sources()).toEqual(['redis', 'redis', 'redis', 'redis'])
})

test('strong reads, and calls that say so, are neither served nor kept', async () => {
  const { read, sources } = await bench()
  await read({ consistency: 'strong' })
  await read({ near: false })
  await read()
  await read({ consistency: 'strong' })
  await read({ near: false })
  expect(sources()).toEqual(['redis', 'redis', 'redis', 'redis', 'redis'])
})
