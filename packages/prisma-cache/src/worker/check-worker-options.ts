import { PrismaCacheError } from '../errors/cache-error.js'
import type { FlushWorkerOptions } from './worker-options.js'

const KNOWN: Readonly<Record<keyof FlushWorkerOptions, true>> = {
  prisma: true,
  policies: true,
  redis: true,
  road: true,
  namespace: true,
  concurrency: true,
  sweepEveryMs: true,
  takeoverMs: true,
  transactionTimeoutMs: true,
  durableWithinMs: true,
  schema: true,
  lease: true,
  recordPositions: true,
  onRejected: true,
  onLost: true,
  onError: true,
  events: true,
}
const COUNTS = [
  'concurrency',
  'sweepEveryMs',
  'takeoverMs',
  'transactionTimeoutMs',
  'durableWithinMs',
  'lease',
] as const

/** @throws PrismaCacheError PC1003 */
export function checkWorkerOptions(options: FlushWorkerOptions): void {
  if (options === null || typeof options !== 'object') throw invalid('it was given no options')
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN, name))
  if (unknown) throw invalid(`there is no option \`${unknown}\`; there are ${Object.keys(KNOWN).join(', ')}`)
  const { prisma, policies, redis } = options
  if (!prisma) throw invalid('`prisma` is missing. Pass a plain Prisma client')
  if ('$cache' in prisma) {
    throw invalid(
      '`prisma` is a client with the cache extension. The worker writes what that client accepted: pass the plain client ' +
        'that was extended, or another one',
    )
  }
  if (!policies?.models)
    throw invalid('`policies` are missing. Import them from the folder that `prisma generate` writes')
  if (!redis) throw invalid('`redis` is missing. Is REDIS_URL set? A URL or an ioredis client is needed')
  if (options.road !== undefined && options.road !== 'sql' && options.road !== 'prisma') {
    throw invalid(`\`road\` is ${JSON.stringify(options.road)}; it is \`sql\` or \`prisma\``)
  }
  for (const name of COUNTS) {
    const value = options[name]
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw invalid(`\`${name}\` is ${JSON.stringify(value)}; it is a whole number above 0`)
    }
  }
  const { recordPositions } = options
  if (recordPositions !== undefined && typeof recordPositions !== 'boolean') {
    throw invalid(`\`recordPositions\` is ${JSON.stringify(recordPositions)}; it is true or false`)
  }
}

function invalid(why: string): PrismaCacheError {
  return new PrismaCacheError('PC1003', `the flush worker cannot start: ${why}.`)
}
