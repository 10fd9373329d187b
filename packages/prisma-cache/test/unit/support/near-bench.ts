import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { createEventBus } from '../../../src/events/events.js'
import { createKeys } from '../../../src/protocol/keys.js'
import type { Tag } from '../../../src/protocol/tag.js'
import type { Link } from '../../../src/store/link.js'
import { createNear, type Found } from '../../../src/store/near/near.js'

export const keys = createKeys('ns')
export const row: Tag = { kind: 'row', model: 'User', row: '1' }
export const wide: Tag = { kind: 'wide', model: 'User' }
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
    answerPing: () => pings.shift()?.(),
    answerPings() {
      silent = false
      for (const answer of pings.splice(0)) answer()
    },
  }
}

export function nearBench(more: { link?: Partial<Link>; another?: () => Redis | undefined } = {}) {
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
    asked: 0,
    ...more,
  })
  return {
    ...fake,
    near,
    link,
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
