import fs from 'node:fs'
import path from 'node:path'
import { type RedisServer, startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { openLine } from './line.js'

/** The Redis of a run, whichever server that is at the moment. */
export interface RedisHost {
  port(): number
  /** Commands of our own, past every proxy. */
  admin<T>(use: (redis: Redis) => Promise<T>): Promise<T>
  /** Where connections come from whose names end so. */
  portsOf(nameEnd: string): Promise<ReadonlySet<number>>
  stop(): Promise<void>
  freeze(ms: number): Promise<void>
  /** Kill -9, and the same server again: with what it had written, or with nothing. */
  crash(options: { readonly empty: boolean; readonly downMs: number }): Promise<void>
  /** Another server takes over, which has missed everything of the last `lagMs`. */
  failover(options: { readonly lagMs: number; readonly downMs: number }): Promise<void>
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
/** What a killed server has answered is in the file; only a machine that goes down could lose the last second. */
const ARGUMENTS = ['--appendfsync', 'everysec', '--auto-aof-rewrite-percentage', '0', '--repl-diskless-sync-delay', '0']

export async function startRedisHost(): Promise<RedisHost> {
  const start = () => startRedis({ args: ARGUMENTS })
  let server = await start()

  async function admin<T>(use: (redis: Redis) => Promise<T>, of: RedisServer = server): Promise<T> {
    const redis = new Redis(of.url, { maxRetriesPerRequest: 50, retryStrategy: () => 50 })
    redis.on('error', () => {})
    try {
      return await use(redis)
    } finally {
      redis.disconnect()
    }
  }

  return {
    port: () => server.port,
    admin,
    portsOf: (nameEnd) =>
      admin(async (redis) => {
        const lines = String(await redis.client('LIST')).split('\n')
        const ports = lines.map((line) => {
          const [, port, name] = / addr=[^ ]*:(\d+) .* name=([^ ]*) /.exec(line) ?? []
          return name?.endsWith(nameEnd) ? Number(port) : 0
        })
        return new Set(ports.filter((port) => port > 0))
      }),
    stop: () => server.stop(),
    async freeze(ms) {
      await server.kill('STOP')
      await pause(ms)
      await server.kill('CONT')
    },
    async crash({ empty, downMs }) {
      await server.kill('KILL')
      await pause(downMs)
      if (empty)
        for (const name of fs.readdirSync(server.dataDir))
          fs.rmSync(path.join(server.dataDir, name), { recursive: true })
      await server.restart()
    },
    async failover({ lagMs, downMs }) {
      const [old, next] = [server, await start()]
      const line = await openLine(() => old.port)
      await admin(async (redis) => {
        await redis.call('REPLICAOF', '127.0.0.1', String(line.port))
        for (let i = 0; !/master_link_status:up/.test(await redis.info('replication')); i++) {
          if (i > 500) throw new Error('the replica does not come up')
          await pause(10)
        }
        line.hold()
        await pause(lagMs)
        await old.kill('KILL')
        await line.close()
        await redis.call('REPLICAOF', 'NO', 'ONE')
      }, next)
      await pause(downMs)
      server = next
      await old.stop()
    },
  }
}
