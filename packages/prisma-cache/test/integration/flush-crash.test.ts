import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { shardOf } from '../../src/protocol/keys.js'
import { createFlushBench, type FlushBench } from './support/flush-bench.js'
import { flusherOf, startWorker } from './support/flush-worker.js'

const TAKEOVER_MS = 300
const childPath = path.resolve(import.meta.dirname, 'support/flush-child.mjs')

let bench: FlushBench
beforeAll(async () => {
  bench = await createFlushBench()
})
afterAll(() => bench.close())

const counter = (id: string, more = {}) => ({ id, hits: 0, total: 0n, label: 'none', note: null, ...more })

/** Starts a worker that holds still at `point`, and kills it there once it has arrived. */
async function killAt(point: string, use: () => Promise<unknown>): Promise<void> {
  const { databaseUrl, redisUrl, namespace, policies } = bench
  const settings = JSON.stringify({
    databaseUrl,
    redisUrl,
    namespace,
    policies,
    holdAt: point,
    takeoverMs: TAKEOVER_MS,
  })
  const child = fork(childPath, { env: { ...process.env, FLUSH_CHILD: settings }, execArgv: [] })
  const arrived = new Promise<void>((resolve, reject) => {
    child.on('message', (message) => {
      if (message === 'started') use().catch(reject)
      if (message === point) resolve()
    })
    child.on('exit', (code) => reject(new Error(`the child exited with ${code}`)))
  })
  await arrived
  child.removeAllListeners('exit')
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

it.each(['sealed', 'written', 'committed'])(
  'applies once what a worker had in hand that was killed when it had %s',
  async (point) => {
    const row = `killed ${point}`
    await bench.prisma.counter.create({ data: counter(row) })
    const flusher = flusherOf(bench)
    let sequence = 0
    await killAt(point, async () => {
      sequence = await bench.accept('Counter', row, { kind: 'U', add: { hits: 3, total: 7n } })
      flusher.schedule('Counter', shardOf(row), 0)
    })
    // Accepted after the seal, on top of what nobody knows the fate of.
    sequence = await bench.accept('Counter', row, { kind: 'U', add: { hits: 1 } })
    // The killed worker's job is still active, until it counts as stalled: what it held is found all the same.
    const worker = await startWorker(bench, { takeoverMs: TAKEOVER_MS })
    await flusher.flushUpTo(bench.marks('Counter', row, sequence))
    expect(await bench.prisma.counter.findUnique({ where: { id: row } })).toEqual(counter(row, { hits: 4, total: 7n }))
    await worker.close()
  },
)
