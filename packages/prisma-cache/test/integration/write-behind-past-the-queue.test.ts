import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates, start } from './support/gate.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

/** One whose statements can be held, and one of another process. */
function two() {
  const gates = createGates()
  return { gates, held: extend(bench, { gates }), other: extend(bench) }
}
const fenced = (operation: string) => [`direct:Everything.${operation}(the row is being written past the queue)`]

test('what is pushed past the queue and what is pushed into it meanwhile both stand', async () => {
  const { gates, held, other } = two()
  await other.plain.everything.create({ data: { id: 'pushed', strings: ['first'] } })
  const statement = gates.hold('Everything.update', 'before')
  const where = { id: 'pushed', i: null }
  const writing = start(held.prisma.everything.update({ where, data: { strings: { push: 'past' } } }))
  await statement.arrived
  await other.prisma.everything.update({ where: { id: 'pushed' }, data: { strings: { push: 'meanwhile' } } })
  expect(other.events().filter((event) => event.startsWith('direct'))).toEqual(fenced('update'))
  statement.open()
  await writing
  // What is accepted after it rests on both.
  await other.prisma.everything.update({ where: { id: 'pushed' }, data: { strings: { push: 'after' } } })
  expect(other.events().filter((event) => event.startsWith('direct'))).toEqual([])
  await other.prisma.$cache.flush()
  const row = await other.plain.everything.findUnique({ where: { id: 'pushed' } })
  expect(row!.strings).toEqual(['first', 'meanwhile', 'past', 'after'])
})

test('of two creates of a row, one past the queue, one fails and none is rejected later', async () => {
  const { gates, held, other } = two()
  const statement = gates.hold('Everything.create', 'before')
  const writing = start(held.prisma.everything.create({ data: { id: 'made', s: 'past' }, omit: { y: true } }))
  const failed = expect(writing).rejects.toMatchObject({ code: 'P2002' })
  await statement.arrived
  await other.prisma.everything.create({ data: { id: 'made', s: 'meanwhile' } })
  statement.open()
  await failed
  await other.prisma.$cache.flush()
  expect(await other.plain.everything.findUnique({ where: { id: 'made' } })).toMatchObject({ s: 'meanwhile' })
})

test('a write past the queue that fails lets the row go', async () => {
  const { other } = two()
  await expect(other.prisma.everything.update({ where: { id: 'gone' }, data: { i: 1 } })).rejects.toMatchObject({
    code: 'P2025',
  })
  other.events()
  await other.prisma.everything.create({ data: { id: 'gone' } })
  expect(other.events().filter((event) => event.startsWith('direct'))).toEqual([])
  await other.prisma.$cache.flush()
})
