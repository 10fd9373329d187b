import type { PolicySet } from '@prisma-cache/policy-dsl'
import { Redis } from 'ioredis'
import { messageOf } from '../../errors/message-of.js'
import { createKeys, type Keys } from '../../protocol/keys.js'
import type { Flusher } from '../../queue/flusher.js'
import { createFlusher } from '../../queue/flusher-over-bull.js'
import { CliError } from '../cli-error.js'
import { type CommandLine, textFlag } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { loadSchema, policiesOf } from '../schema/load-schema.js'

/** What the commands of the queue have of it. */
export interface OpenQueue {
  readonly policies: PolicySet
  readonly redis: Redis
  readonly redisUrl: string
  readonly keys: Keys
  readonly flusher: Flusher
}

/** Opens the queue that a command line means, and closes it when `use` has ended. */
export async function withQueue<T>(line: CommandLine, io: Io, use: (queue: OpenQueue) => Promise<T>): Promise<T> {
  const policies = policiesOf(await loadSchema(line, io))
  const redisUrl = redisUrlOf(line, io)
  const redis = await connect(redisUrl)
  const keys = createKeys(textFlag(line, 'namespace') ?? 'pc')
  const flusher = createFlusher({ redis, keys, connectionForBull: redisUrl })
  try {
    return await use({ policies, redis, redisUrl, keys, flusher })
  } finally {
    await flusher.close()
    redis.disconnect()
  }
}

/** @throws CliError PC6301 */
export function redisUrlOf(line: CommandLine, io: Io): string {
  return urlOf(
    line,
    io,
    { server: 'Redis', flag: 'redis', name: 'REDIS_URL' },
    /^rediss?:\/\//,
    'redis://127.0.0.1:6379',
  )
}

/** @throws CliError PC6301 */
export function databaseUrlOf(line: CommandLine, io: Io): string {
  const example = 'postgresql://user:password@127.0.0.1:5432/app'
  return urlOf(line, io, { server: 'Postgres', flag: 'database', name: 'DATABASE_URL' }, /^postgres(ql)?:\/\//, example)
}

function urlOf(
  line: CommandLine,
  io: Io,
  { server, flag, name }: { readonly server: string; readonly flag: string; readonly name: string },
  scheme: RegExp,
  example: string,
): string {
  const given = textFlag(line, flag)
  const url = given ?? io.env?.[name]
  const next = `set ${name}, or pass \`--${flag} ${example}\``
  if (url === undefined || url === '') throw new CliError('PC6301', `no URL of ${server} is given`, next)
  if (scheme.test(url)) return url
  // The text may hold a password: it is not repeated.
  throw new CliError('PC6301', `${given === undefined ? name : `\`--${flag}\``} is not a URL of ${server}`, next)
}

/** The model that is named, or every one that is written behind. */
export function queuedModels(policies: PolicySet, name: string | undefined): string[] {
  if (name !== undefined) return [findModel(policies, name).facts.name]
  return Object.entries(policies.models).flatMap(([model, { policy }]) =>
    policy.strategy === 'writeBehind' ? [model] : [],
  )
}

async function connect(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3000,
    commandTimeout: 10_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  })
  let said: unknown
  redis.on('error', (error) => {
    said = error
  })
  try {
    await redis.connect()
    return redis
  } catch (error) {
    // One that has ended would keep the process for a while longer.
    if (redis.status !== 'end') redis.disconnect()
    const cause = said ?? error
    const reason = (cause as { code?: string }).code ?? messageOf(cause) ?? 'no answer'
    const message = `Redis at ${redis.options.host}:${redis.options.port} does not answer (${reason})`
    throw new CliError('PC6302', message, 'check the URL, and that the server runs and lets this machine in', { cause })
  }
}
