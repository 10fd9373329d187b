import type { PolicySet } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import { createRoutes, parseRoute, ROUTE_HINT, type Route, type Routes, type RouteText } from '../planner/route.js'
import type { RedisOption } from '../store/connection.js'

export interface PrismaCacheOptions<P extends PolicySet> {
  /** The generated policies, or what `definePolicies` made of them. */
  readonly policies: P
  /** A URL, whose connection the extension opens and `$disconnect()` closes; or an ioredis client, which it borrows. */
  readonly redis: RedisOption
  /** First part of every key. Clients of one database share one; different databases must not. Default `pc`. */
  readonly namespace?: string
  /** Signs session tokens, where they pass through hands that could change them. */
  readonly tokenSecret?: string
  /** Milliseconds that a session token is taken. Default a day: 86400000. */
  readonly tokenLife?: number
  /** Milliseconds after which an answer of Redis is no longer waited for. Default 1000. */
  readonly commandTimeout?: number
  /** Milliseconds that a writer's fence lasts without renewal. Default 10000. */
  readonly lease?: number
  /**
   * Streaming replicas of the client's database, one server each: Prisma clients, which are borrowed, or driver adapters,
   * from which clients are made. What the cache does not answer they may, where they have what the read must see.
   */
  readonly replicas?: readonly object[]
  /** Milliseconds that a read waits for a replica to get there, before it goes to the primary. Default 10; 0: not at all. */
  readonly replicaWait?: number
  /** Who may answer past the cache: one for all models, or by model (`'*'`: all others). Default `versionAware`. */
  readonly route?: RouteText | Readonly<{ [model in keyof P['models'] | '*']?: RouteText }>
}

export interface CheckedOptions {
  readonly namespace: string
  readonly tokenLifeMs: number
  readonly commandTimeoutMs: number
  readonly leaseMs: number
  readonly replicas: readonly object[]
  readonly replicaWaitMs: number
  readonly routes: Routes
}

const DAY_MS = 86_400_000

const KNOWN = [
  'policies',
  'redis',
  'namespace',
  'tokenSecret',
  'tokenLife',
  'commandTimeout',
  'lease',
  'replicas',
  'replicaWait',
  'route',
]

/** @throws PrismaCacheError PC1003 */
export function checkOptions(options: PrismaCacheOptions<PolicySet>): CheckedOptions {
  if (options === null || typeof options !== 'object') throw invalid('it was given no options')
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name))
  if (unknown) throw invalid(`there is no option \`${unknown}\`; there are ${KNOWN.join(', ')}`)
  const { policies, redis, namespace = 'pc', tokenSecret, tokenLife = DAY_MS } = options
  const { commandTimeout = 1000, lease = 10_000 } = options
  if (!policies) throw invalid('`policies` is missing. Import them from the folder that `prisma generate` writes')
  if (!redis) throw invalid('`redis` is missing. Is REDIS_URL set? A URL or an ioredis client is needed')
  if (typeof namespace !== 'string' || !/^[\w.-]{1,64}$/.test(namespace)) {
    throw invalid(
      `\`namespace\` is ${JSON.stringify(namespace)}; it can hold letters, digits, \`_\`, \`.\` and \`-\`, up to 64`,
    )
  }
  if (tokenSecret !== undefined && (typeof tokenSecret !== 'string' || tokenSecret.length < 16)) {
    throw invalid('`tokenSecret` must be a text of 16 characters or more')
  }
  const { replicas = [], replicaWait = 10, route } = options
  if (!Array.isArray(replicas)) throw invalid('`replicas` is no list of Prisma clients or driver adapters')
  return {
    namespace,
    tokenLifeMs: positive('tokenLife', tokenLife),
    commandTimeoutMs: positive('commandTimeout', commandTimeout),
    leaseMs: positive('lease', lease),
    replicas,
    replicaWaitMs: replicaWait === 0 ? 0 : positive('replicaWait', replicaWait),
    routes: routesOf(route, Object.keys(policies.models ?? {})),
  }
}

function routesOf(route: unknown, models: readonly string[]): Routes {
  const read = (text: unknown, at: string): Route => {
    const parsed = parseRoute(text)
    if (parsed) return parsed
    throw invalid(`\`route${at}\` is ${JSON.stringify(text)}; ${ROUTE_HINT}`)
  }
  const versionAware: Route = { kind: 'versionAware' }
  if (route === undefined) return createRoutes(versionAware, new Map())
  if (typeof route !== 'object' || route === null) return createRoutes(read(route, ''), new Map())
  const { '*': others, ...named } = route as Record<string, unknown>
  const unknown = Object.keys(named).find((name) => !models.includes(name))
  if (unknown) throw invalid(`\`route\` names ${unknown}, which is no model of the policies`)
  const chosen = Object.entries(named).map(([name, text]) => [name, read(text, `.${name}`)] as const)
  return createRoutes(others === undefined ? versionAware : read(others, "['*']"), new Map(chosen))
}

function positive(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw invalid(`\`${name}\` is ${JSON.stringify(value)}; it is a whole number of milliseconds`)
}

function invalid(why: string): PrismaCacheError {
  return new PrismaCacheError('PC1003', `prismaCache cannot start: ${why}.`)
}
