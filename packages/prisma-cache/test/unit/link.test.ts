import { EventEmitter } from 'node:events'
import { createEventBus } from '../../src/events/events.js'
import { createKeys } from '../../src/protocol/keys.js'
import type { Tag } from '../../src/protocol/tag.js'
import { createLink, type LinkOptions } from '../../src/store/link.js'

const tag = (row: string): Tag => ({ kind: 'row', model: 'Account', row })

/** A server whose epoch stands, and a link to it whose publications are held until somebody answers them. */
function bench() {
  const server = Object.assign(new EventEmitter(), {
    status: 'ready',
    options: { host: 'test' },
    info: async () => 'run_id:one\r\nmaster_replid:two',
    get: async () => 'nonce@one/two',
  })
  const events = createEventBus()
  const asked: { readonly rows: string[]; answer(error?: Error): void }[] = []
  const waiting: (() => void)[] = []
  const link = createLink({
    connection: {
      redis: server,
      owned: false,
      open() {},
      close: async () => {},
    } as unknown as LinkOptions['connection'],
    keys: createKeys('test'),
    events,
    leaseMs: 1000,
    publish: (tags) =>
      new Promise((resolve, reject) => {
        const rows = tags.map((one) => (one.kind === 'row' ? one.row : ''))
        asked.push({ rows, answer: (error) => (error ? reject(error) : resolve()) })
        for (const wake of waiting.splice(0)) wake()
      }),
  })
  return {
    link,
    owe(row: string) {
      link.unpublished.add([tag(row)])
      link.publishOwed()
    },
    /** The next publication that is asked for. */
    async publication() {
      while (asked.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      return asked.shift()!
    },
    went: (state: 'up' | 'down') =>
      new Promise<void>((resolve) => {
        events.on('link', (event) => event.state === state && resolve())
      }),
    settled: (left: number) =>
      new Promise<void>((resolve) => {
        events.on('settled', (event) => event.left === left && resolve())
      }),
  }
}

test('what comes to be owed while the rest is paid, before the link is up, is paid too', async () => {
  const { link, owe, publication, settled } = bench()
  owe('first')
  const up = link.settled()
  const first = await publication()
  expect(first.rows).toEqual(['first'])
  owe('second') // the link is not up yet, and what is being paid does not hold it
  first.answer()
  await up
  const second = await publication()
  expect(second.rows).toEqual(['second'])
  const paid = settled(0)
  second.answer()
  await paid
  expect(link.unpublished.owes([tag('second')])).toBe(false)
  await link.close()
})

test('a link that breaks while a debt waits to be paid again comes up again', async () => {
  const { link, owe, publication, went } = bench()
  await link.settled()
  owe('unlucky')
  const failed = await publication()
  failed.answer(new Error('no answer'))
  await new Promise<void>((resolve) => setImmediate(resolve)) // its retry is on its way now
  const down = went('down')
  for (let i = 0; i < 3; i++) link.failed(new Error('no answer'))
  await down
  const up = went('up')
  const again = await publication()
  expect(again.rows).toEqual(['unlucky'])
  again.answer()
  await up
  expect(link.isUp()).toBe(true)
  await link.close()
})
