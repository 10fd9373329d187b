import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { type Confirm, createConfirm } from '../../src/queue/accept-durability.js'

const open: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function confirmOver(settings: { appendOnly?: boolean; args?: string[] }, timeoutMs = 10_000) {
  const server: RedisServer = await startRedis(settings)
  open.push(() => server.stop())
  const redis = new Redis(server.url)
  const generation = { now: 0 }
  open.push(() => redis.disconnect())
  const confirm: Confirm = createConfirm({ redis, timeoutMs, generation: () => generation.now })
  open.push(() => confirm.close())
  await redis.set('written', '1')
  return {
    confirm,
    redis,
    server,
    generation,
    connections: async () => Number(/connected_clients:(\d+)/.exec(await redis.info('clients'))![1]),
  }
}

const fsync = { kind: 'fsync' } as const

test('memory waits for nothing', async () => {
  const { confirm, connections } = await confirmOver({ appendOnly: false })
  await confirm({ kind: 'memory' }, 'k', 0)
  expect(await connections()).toBe(1)
})

test('fsync has nothing to wait for where each write is forced to disk before its answer', async () => {
  const { confirm, connections } = await confirmOver({ args: ['--appendfsync', 'always'] })
  await confirm(fsync, 'k', 0)
  expect(await connections()).toBe(1)
})

test('fsync waits for the append-only file, on a connection that holds nobody up', async () => {
  const { confirm, redis, connections } = await confirmOver({ args: ['--appendfsync', 'everysec'] })
  let confirmed = false
  const waiting = confirm(fsync, 'k', 0).then(() => {
    confirmed = true
  })
  expect(await redis.get('written')).toBe('1')
  await waiting
  expect(confirmed).toBe(true)
  expect(await connections()).toBe(2)
}, 20_000)

test('fsync without an append-only file is not confirmed', async () => {
  const { confirm } = await confirmOver({ appendOnly: false })
  await expect(confirm(fsync, 'k', 0)).rejects.toThrow(/PC1301: Redis has the write, but did not confirm it on disk/)
})

test('replicas that are not there do not confirm', async () => {
  const { confirm } = await confirmOver({ appendOnly: false }, 50)
  await expect(confirm({ kind: 'replicated', replicas: 1 }, 'k', 0)).rejects.toThrow(/PC1301.*on enough replicas/)
})

test('a server that came back since the write is no witness of it', async () => {
  const { confirm, server, redis, generation } = await confirmOver({ args: ['--appendfsync', 'everysec'] })
  await confirm(fsync, 'k', 0)
  const lost = new Promise<void>((resolve) => {
    redis.once('close', () => {
      generation.now++
      resolve()
    })
  })
  await server.kill('KILL')
  await lost
  const again = new Promise((resolve) => redis.once('ready', resolve))
  await server.restart()
  await again
  // It confirms what is written to it now, on disk and all.
  await expect(confirm(fsync, 'k', 0)).rejects.toThrow(/PC1301: Redis has the write, but did not confirm it on disk/)
  await confirm(fsync, 'k', 1)
}, 40_000)
