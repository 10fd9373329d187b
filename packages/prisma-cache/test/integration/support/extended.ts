import type { Redis } from 'ioredis'
import { type PolicySet, type PrismaCacheOptions, prismaCache } from 'prisma-cache'
import type { EventName, Events } from '../../../src/events/events.js'
import { policies } from '../../prisma/generated/cache/index.js'
import type { PrismaClient } from '../../prisma/generated/prisma/client.js'
import type { Bench } from './bench.js'
import type { Gates } from './gate.js'

export interface ExtendOptions {
  readonly plain?: PrismaClient
  readonly redis?: string | Redis
  readonly policies?: PolicySet
  readonly namespace?: string
  readonly tokenSecret?: string
  readonly gates?: Gates
  readonly lease?: number
  readonly commandTimeout?: number
  readonly tokenLife?: number
  readonly replicas?: readonly object[]
  readonly replicaWait?: number
  readonly route?: PrismaCacheOptions<typeof policies>['route']
}

const EVENTS: readonly EventName[] = [
  'hit',
  'miss',
  'bypass',
  'fill',
  'refresh',
  'shared',
  'learn',
  'refusedFill',
  'conflict',
  'publish',
  'unpublished',
  'settled',
  'accept',
  'direct',
  'stock',
  'overlay',
  'flush',
  'reject',
  'lost',
  'link',
  'epoch',
  'near',
  'route',
  'replica',
]

/** A client with the extension, and the events it emits, as `name:model.operation` or `name`. */
export function extend(bench: Bench, options: ExtendOptions = {}) {
  const plain = options.plain ?? bench.plain()
  const cached = plain.$extends(
    prismaCache({
      policies: (options.policies ?? policies) as typeof policies,
      redis: options.redis ?? bench.redisUrl,
      namespace: options.namespace ?? bench.namespace,
      ...(options.commandTimeout ? { commandTimeout: options.commandTimeout } : {}),
      ...(options.lease ? { lease: options.lease } : {}),
      ...(options.tokenLife === undefined ? {} : { tokenLife: options.tokenLife }),
      ...(options.replicas ? { replicas: options.replicas } : {}),
      ...(options.replicaWait === undefined ? {} : { replicaWait: options.replicaWait }),
      ...(options.route ? { route: options.route } : {}),
      ...(options.tokenSecret ? { tokenSecret: options.tokenSecret } : {}),
    }),
  )
  const prisma = options.gates ? (cached.$extends(options.gates.extension) as unknown as typeof cached) : cached
  bench.onClose(() => prisma.$disconnect())
  const seen: string[] = []
  for (const name of EVENTS) {
    prisma.$cache.on(name, (event) => {
      const about = event as Partial<Events['bypass'] & Omit<Events['hit'], 'source'> & Events['refresh']> & {
        source?: string
      }
      const age = about.age === 'fresh' ? undefined : about.age
      const source = about.source === 'near' || about.source === 'replica' ? about.source : undefined
      const said = about.reason ?? source ?? age ?? about.outcome
      const reason = said ? `(${said})` : ''
      seen.push(about.operation ? `${name}:${about.model}.${about.operation}${reason}` : `${name}${reason}`)
    })
  }
  return {
    prisma,
    plain,
    /** Events of operations since the last call, without those of the connection. */
    events(): string[] {
      return seen.splice(0).filter((text) => !/^(link|epoch|near|replica)/.test(text))
    },
    /** Waits for an event, without a clock. */
    until: <N extends EventName>(name: N) =>
      new Promise<Events[N]>((resolve) => {
        const off = prisma.$cache.on(name, (event) => {
          off()
          resolve(event)
        })
      }),
  }
}

export type Extended = ReturnType<typeof extend>['prisma']
