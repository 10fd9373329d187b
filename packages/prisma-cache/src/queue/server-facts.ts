import type { Redis } from 'ioredis'

/** What decides what a Redis server can promise. */
export interface ServerFacts {
  readonly name: string
  /** Undefined where the server does not tell. */
  readonly evictionPolicy?: string
  readonly appendOnly: boolean
  readonly appendFsync?: string
  readonly waitAof: boolean
  readonly replicas: number
}

/** Managed servers often forbid CONFIG: INFO says most of the same. */
export async function readServerFacts(redis: Redis): Promise<ServerFacts> {
  const [memory, persistence, replication, configured, fsync, waitAof] = await Promise.all([
    info(redis, 'memory'),
    info(redis, 'persistence'),
    info(redis, 'replication'),
    config(redis, 'maxmemory-policy'),
    config(redis, 'appendfsync'),
    redis.call('WAITAOF', 0, 0, 0).then(
      () => true,
      () => false,
    ),
  ])
  const evictionPolicy = configured ?? line(memory, 'maxmemory_policy')
  return {
    name: nameOf(redis),
    ...(evictionPolicy === undefined ? {} : { evictionPolicy }),
    appendOnly: line(persistence, 'aof_enabled') === '1' || (await config(redis, 'appendonly')) === 'yes',
    ...(fsync === undefined ? {} : { appendFsync: fsync }),
    waitAof,
    replicas: Number(line(replication, 'connected_slaves') ?? 0),
  }
}

/** Behind a Sentinel the address is whatever master it leads to. */
function nameOf({ options, stream }: Redis): string {
  if (options.sentinels) return `${stream?.remoteAddress ?? options.name}:${stream?.remotePort ?? ''}`
  return `${options.host ?? 'localhost'}:${options.port ?? 6379}`
}

async function info(redis: Redis, section: string): Promise<string> {
  return redis.info(section).catch(() => '')
}

async function config(redis: Redis, name: string): Promise<string | undefined> {
  const reply = await redis.call('CONFIG', 'GET', name).catch(() => undefined)
  if (Array.isArray(reply)) return reply[1] as string | undefined
  if (reply instanceof Map) return reply.get(name) as string | undefined
  return (reply as Record<string, string> | undefined)?.[name]
}

function line(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S*)`, 'm').exec(text)?.[1]
}
