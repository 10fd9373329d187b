import {
  type ConsistencyClass,
  type DurationText,
  parseReadMode,
  type ReadMode,
  type ReadText,
  type WholeDuration,
  type WholeRead,
} from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import { readDurability, type WriteCacheArgument } from './call-durability.js'
import { parseRoute, ROUTE_HINT, type Route, type RouteText } from './route.js'

/** What one call asks for instead of its model's policy: `cache: false`, or `cache: { ttl, consistency, read, near, route }`. */
export type CallOverride =
  | { readonly off: true }
  | {
      readonly off: false
      readonly ttlMs?: number
      readonly consistency?: ConsistencyClass
      readonly read?: ReadMode
      /** No copy in the process is served, and none is kept. */
      readonly near?: false
      readonly route?: Route
    }

/** What a caller may write for one call; `D` and `R` are its duration and its way to read, for the compiler to look into. */
export type CacheArgument<D extends DurationText = DurationText, R extends ReadText = ReadText> =
  | false
  | WriteCacheArgument
  | {
      /** A duration: `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. What is older is not served to this call. */
      readonly ttl?: D & WholeDuration<D>
      readonly consistency?: ConsistencyClass
      /** How this read uses the cache, in the words of the policy. */
      readonly read?: R & WholeRead<R>
      /** `false`: not from a copy in the process. */
      readonly near?: false
      /** Who may answer this read past the cache; see the option `route`. */
      readonly route?: RouteText
    }

/**
 * The `cache` argument of one call, for TypeScript: Prisma's types of arguments know no further key, and a spread of
 * this adds none that they see.
 *
 * @example await prisma.account.findUnique({ where: { id }, ...cache({ consistency: 'strong' }) })
 * @example await prisma.session.update({ where: { id }, data, ...cache({ durability: 'applied' }) })
 * @throws PrismaCacheError PC1401
 */
export function cache<const D extends DurationText = never, const R extends ReadText = never>(
  argument: CacheArgument<D, R>,
): Record<never, never> {
  if (argument !== false && 'durability' in argument) readDurability(argument)
  else readOverride(argument)
  return { cache: argument }
}

const CLASSES = new Set<unknown>(['eventual', 'session', 'strong'])
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Takes `cache` out of the arguments, so that Prisma never sees it. Arguments without it come back as they are. */
export function takeOverride(args: unknown): { args: unknown; override: CallOverride | undefined } {
  if (args === null || typeof args !== 'object' || !('cache' in args)) return { args, override: undefined }
  const { cache, ...rest } = args
  return { args: rest, override: cache === undefined ? undefined : readOverride(cache) }
}

function readOverride(cache: unknown): CallOverride {
  if (cache === false) return { off: true }
  if (cache === null || typeof cache !== 'object') throw wrong(`it is ${JSON.stringify(cache)}`)
  const { ttl, consistency, read, near, route, ...others } = cache as Record<string, unknown>
  const unknown = Object.keys(others)
  if (unknown.includes('durability')) throw wrong('`durability` is a word of writes')
  if (unknown.length > 0) throw wrong(`\`${unknown[0]}\` is not one of its words`)
  if (consistency !== undefined && !CLASSES.has(consistency)) {
    throw wrong(`\`consistency\` is ${JSON.stringify(consistency)}; it can be 'eventual', 'session' or 'strong'`)
  }
  if (near !== undefined && near !== false) {
    throw wrong(
      `\`near\` is ${JSON.stringify(near)}; a call can only leave it out (\`false\`): the policy of the model turns it on`,
    )
  }
  const parsedRoute = route === undefined ? undefined : parseRoute(route)
  if (route !== undefined && !parsedRoute) throw wrong(`\`route\` is ${JSON.stringify(route)}; ${ROUTE_HINT}`)
  return {
    off: false,
    ...(parsedRoute ? { route: parsedRoute } : {}),
    ...(near === false ? { near } : {}),
    ...(ttl === undefined ? {} : { ttlMs: milliseconds(ttl) }),
    ...(consistency === undefined ? {} : { consistency: consistency as ConsistencyClass }),
    ...(read === undefined ? {} : { read: readMode(read) }),
  }
}

function milliseconds(ttl: unknown): number {
  const match = typeof ttl === 'string' ? /^(\d+)(ms|s|m|h|d)$/.exec(ttl) : null
  const value = match ? Number(match[1]) * UNITS[match[2]!]! : 0
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw wrong(`\`ttl\` is ${JSON.stringify(ttl)}; write a duration such as '250ms', '30s' or '5m'`)
  }
  return value
}

function readMode(read: unknown): ReadMode {
  const parsed = parseReadMode(read)
  if (!parsed.ok) throw wrong(`\`read\` is ${JSON.stringify(read)}: ${parsed.message}; ${parsed.next}`)
  return parsed.value
}

function wrong(why: string): PrismaCacheError {
  return new PrismaCacheError(
    'PC1401',
    `the \`cache\` argument of this call is not valid: ${why}. Write \`cache: false\` or \`cache: { ttl: '30s', consistency: 'strong' }\`.`,
  )
}
