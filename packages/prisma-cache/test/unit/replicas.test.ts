import { createEventBus, type Events } from '../../src/events/events.js'
import { parseRoute } from '../../src/planner/route.js'
import { isAtOrPast, joinPositions, positionOf, showPosition } from '../../src/protocol/position.js'
import { createPrimary } from '../../src/replica/primary.js'
import { createReplica, type ReplicaClient } from '../../src/replica/replica.js'
import { createReplicas } from '../../src/replica/replicas.js'
import { shared } from '../../src/replica/shared.js'

const at = (lsn: string, timeline = '00000001') => positionOf(timeline, lsn)!

describe('positions', () => {
  test('are compared by byte and by timeline', () => {
    expect(isAtOrPast(at('0/10'), at('0/F'))).toBe(true)
    expect(isAtOrPast(at('1/0'), at('0/FFFFFFFF'))).toBe(true)
    expect(isAtOrPast(at('0/F'), at('0/10'))).toBe(false)
    expect(isAtOrPast(at('0/F'), at('0/F'))).toBe(true)
    // A promotion: whoever did not follow it is past nothing of the new timeline, and a smaller byte says nothing.
    expect(isAtOrPast(at('F/0', '00000001'), at('1/0', '00000002'))).toBe(false)
    expect(isAtOrPast(at('1/0', '00000002'), at('F/0', '00000001'))).toBe(false)
    expect(joinPositions(at('F/0', '00000001'), at('1/0', '00000002'))).toBe(at('F/0', '00000002'))
    expect(showPosition(at('16/B374D848', '0000000A'))).toBe('10:16/B374D848')
  })

  test.each([
    [null, '0/1'],
    ['00000001', null],
    ['1', '0/1'],
    ['00000001', '0'],
  ])('timeline %s and byte %s are none', (timeline, lsn) => {
    expect(positionOf(timeline, lsn)).toBeUndefined()
  })
})

test('a shared question never answers somebody who asked after it was put', async () => {
  const open: ((n: number) => void)[] = []
  const ask = shared(() => new Promise<number>((resolve) => open.push(resolve)))
  const first = ask()
  const others = [ask(), ask()]
  expect(open.length).toBe(1)
  open[0]!(1)
  expect(await first).toBe(1)
  await Promise.resolve()
  expect(open.length).toBe(2)
  open[1]!(2)
  expect(await Promise.all(others)).toEqual([2, 2])
})

/** A server as far as the two questions go. */
function server(identity = 'one/db') {
  const state = { lsn: '0/100', timeline: '00000001', identity, standby: true, isolation: 'read committed' }
  const client = {
    /** What the connection says that the question itself goes to, where that is another server's. */
    connection: undefined as Partial<typeof state> | undefined,
    looks: 0,
    async $queryRawUnsafe() {
      client.looks++
      return [{ ...state }] as unknown[]
    },
    async $transaction(statements: readonly PromiseLike<unknown>[]) {
      const answers = await Promise.all(statements)
      return client.connection ? [[{ ...state, ...client.connection }], ...answers.slice(1)] : answers
    },
  }
  return { state, client }
}

function bench(count: number) {
  const events = createEventBus()
  const said: Events['replica'][] = []
  events.on('replica', (event) => void said.push(event))
  const main = server()
  const primary = createPrimary(main.client)
  const servers = Array.from({ length: count }, () => server())
  const replicas = servers.map(({ client }, i) =>
    createReplica({ name: String(i + 1), client: client as ReplicaClient, primary, events }),
  )
  return { main, primary, servers, replicas, said, all: createReplicas(primary, replicas, 20) }
}

const anything = () => true

describe('replicas', () => {
  test('H21: a connection that leads elsewhere than the look did tells its own position', async () => {
    const { servers, replicas, all, main } = bench(1)
    main.state.lsn = '0/200'
    servers[0]!.state.lsn = '0/200'
    await all.any()
    const found = await all.find(at('0/200'), anything, true)
    expect(found).toBe(replicas[0])
    servers[0]!.client.connection = { lsn: '0/1' } // a balancer, or a restart that has thrown it back
    expect(await found!.ask(async () => 'old')).toEqual({ value: 'old', position: at('0/1') })
    expect(found!.known()).toBe(at('0/1'))
  })

  test('H21: that one has it does not unstick another', async () => {
    const { servers, replicas, all } = bench(2)
    servers[1]!.state.lsn = '0/300'
    await all.any()
    for (let i = 0; i < 6; i++) expect(await all.find(at('0/200'), anything, true)).toBe(replicas[1])
  })

  test.each([
    ['no position', { lsn: null }],
    ['no timeline', { timeline: null }],
  ])('unknown is behind: %s', async (_, state) => {
    const { servers, all } = bench(1)
    Object.assign(servers[0]!.state, state)
    await all.any()
    expect(await all.find(at('0/0'), anything, true)).toBeUndefined()
  })

  test.each([
    ['not-a-standby', { standby: false }],
    ['another-database', { identity: 'two/db' }],
    ['isolation', { isolation: 'repeatable read' }],
  ])('refused: %s', async (reason, state) => {
    const { servers, all, replicas, said } = bench(1)
    Object.assign(servers[0]!.state, state)
    expect(await all.any()).toBe(false)
    expect(await replicas[0]!.ask(async () => 1)).toBeUndefined()
    expect(said).toEqual([{ replica: '1', state: 'refused', reason }])
  })

  test('those that have least to do are asked, each in its turn', async () => {
    const { all, replicas } = bench(2)
    await all.any()
    const chosen = new Set([await all.find(at('0/1'), anything, false), await all.find(at('0/1'), anything, false)])
    expect(chosen).toEqual(new Set(replicas))
    let answer: (value: unknown) => void = () => {}
    const busy = replicas[0]!.ask(() => new Promise((resolve) => (answer = resolve)))
    for (let i = 0; i < 3; i++) expect(await all.find(at('0/1'), anything, false)).toBe(replicas[1])
    answer(1)
    await busy
  })

  test('what was waited for in vain is not waited for again until it is there', async () => {
    const { all, servers, replicas } = bench(1)
    await all.any()
    expect(await all.find(at('0/200'), anything, true)).toBeUndefined()
    const { looks } = servers[0]!.client
    for (let i = 0; i < 5; i++) expect(await all.find(at('0/200'), anything, true)).toBeUndefined()
    expect(servers[0]!.client.looks).toBe(looks)
    servers[0]!.state.lsn = '0/200'
    await replicas[0]!.ask(async () => 1)
    expect(await all.find(at('0/200'), anything, true)).toBe(replicas[0])
  })

  test('the age of what a replica shows is told by when the primary was there', async () => {
    const { primary, main } = bench(0)
    expect(primary.ageOf(at('0/100'))).toBeUndefined()
    await primary.now()
    main.state.lsn = '0/200'
    await primary.now()
    expect(primary.ageOf(at('0/FF'))).toBeUndefined()
    expect(primary.ageOf(at('0/100'))!).toBeGreaterThanOrEqual(primary.ageOf(at('0/200'))!)
    expect(await primary.within(60_000)).toBe(at('0/100'))
  })
})

test.each([
  ['sticky(5s)', { kind: 'sticky', windowMs: 5000 }],
  ['applyWait(200ms)', { kind: 'applyWait', withinMs: 200 }],
  ['primary', { kind: 'primary' }],
  ['sticky', undefined],
  ['sticky(0s)', undefined],
  ['nearest', undefined],
  [7, undefined],
])('route %j', (text, route) => {
  expect(parseRoute(text)).toEqual(route)
})
