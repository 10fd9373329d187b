import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createKeys } from '../../src/protocol/keys.js'
import { type Bench, createBench } from './support/bench.js'
import { compileGenerated } from './support/compiled.js'
import { extend } from './support/extended.js'

const childPath = path.resolve(import.meta.dirname, 'support/writer-child.mjs')
const LEASE_MS = 3000

let bench: Bench
let compiled: string
beforeAll(async () => {
  bench = await createBench()
  compiled = await compileGenerated(bench.namespace)
})
afterAll(async () => {
  await rm(compiled, { recursive: true, force: true })
  await bench.close()
})

/** A process that writes the account, and is killed when Postgres has committed and nobody knows. */
async function killWriter(id: string, balance: number): Promise<void> {
  const { databaseUrl, redisUrl, namespace } = bench
  const settings = JSON.stringify({ compiled, databaseUrl, redisUrl, namespace, lease: LEASE_MS, id, balance })
  const child = fork(childPath, { env: { ...process.env, WRITER_CHILD: settings }, execArgv: [] })
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => message === 'committed' && resolve())
    child.on('exit', (code) => reject(new Error(`the child exited with ${code}`)))
  })
  child.removeAllListeners('exit')
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('H5: a writer that is killed between COMMIT and publish: strong readers see its write, and cache again when its lease is over', async () => {
  const client = extend(bench, { lease: LEASE_MS })
  const { prisma } = client
  await prisma.account.create({ data: { id: 'killed', owner: 'o', balance: 1 } })
  const row = async () => Number((await prisma.account.findUnique({ where: { id: 'killed' } }))!.balance)
  const list = async () => (await prisma.account.findMany({ where: { owner: 'o' } })).map((a) => Number(a.balance))
  const filled = client.until('fill')
  expect(await list()).toEqual([1])
  await filled
  client.events()
  expect([await row(), await list()]).toEqual([1, [1]])
  expect(client.events()).toEqual(['hit:Account.findUnique', 'hit:Account.findMany'])

  await killWriter('killed', 2)
  expect([await row(), await list()]).toEqual([2, [2]])
  expect(client.events()).toEqual(['bypass:Account.findUnique(fenced)', 'bypass:Account.findMany(fenced)'])

  // Redis alone ends the lease.
  const redis = bench.redis()
  const { fence } = createKeys(bench.namespace).tag({ kind: 'row', model: 'Account', row: 'killed' })
  while (await redis.exists(fence)) expect(await row()).toBe(2)
  // The lease may have ended before the last of these reads, which then has filled already.
  for (let told: readonly string[] = []; !told.includes('hit:Account.findUnique'); told = client.events()) {
    expect(await row()).toBe(2)
  }
})
