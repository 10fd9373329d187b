import { type PolicySet, prismaCache } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { delegateName, type Models } from '../schema/models.js'
import type { Subject } from '../schema/subject.js'
import type { CachedClient, DynamicClient } from './client.js'
import { connect, type Twins } from './twins.js'
import { openWire, type Wire } from './wire.js'

/** The clients of one run. Those of one number differ in nothing but the cache and the database. */
export interface Bench {
  readonly cached: readonly CachedClient[]
  /** On the cached clients' database, without the cache. */
  readonly truth: readonly DynamicClient[]
  /** On the twin database. */
  readonly plain: readonly DynamicClient[]
  /** Of each cached client, its way to Redis. */
  readonly wires: readonly Wire[]
  /** How often the clients and the worker have sent each command to Redis. */
  commands(): ReadonlyMap<string, number>
  readonly namespace: string
  /** Of each client, the first one that finds an answer at the same keys: of the same omissions and policies. */
  readonly likes: readonly number[]
  /** Models of which a read need not see what its own session has pending. */
  readonly eventual: ReadonlySet<string>
  /** May the client keep copies of its own? */
  hasNear(client: number): boolean
  close(): Promise<void>
}

export interface BenchOptions {
  readonly subject: Subject
  readonly models: Models
  /** Of each client. */
  readonly policies: readonly PolicySet[]
  readonly redisUrl: string
  readonly clients: number
}

/** What a busy machine takes for an answer is no outage, and what it takes for a write no lost lease. */
const PATIENT = { commandTimeout: 30_000, lease: 30_000 }

export async function openBench(twins: Twins, options: BenchOptions): Promise<Bench> {
  const { subject, models, policies, redisUrl, clients } = options
  const numbers = Array.from({ length: clients }, (_, i) => i)
  const wires = await Promise.all(numbers.map(() => openWire(redisUrl)))
  const extended = (client: DynamicClient, i: number, more: object) =>
    client.$extends(prismaCache({ policies: policies[i]!, namespace: twins.name, ...more } as never)) as CachedClient
  // One client of several leaves fields out of its own accord, and asks other questions with the same arguments.
  const isLast = (i: number) => i > 0 && i === clients - 1
  const omitting = (i: number) => (isLast(i) ? { omit: clientOmit(models) } : {})
  const truth = numbers.map((i) => connect(subject, twins.cachedUrl, omitting(i)))
  const plain = numbers.map((i) => connect(subject, twins.plainUrl, omitting(i)))
  // The first to come begins the epoch, and with it a quarantine as long as its lease.
  const first = extended(connect(subject, twins.cachedUrl), 0, {
    redis: redisUrl,
    lease: 1,
  })
  await first.$cache.invalidate(Object.keys(policies[0]!.models)[0]!)
  await first.$disconnect()
  const cached = truth.map((client, i) => extended(client, i, { redis: wires[i]!.url, ...PATIENT }))
  // A client connects when it is first asked something.
  await Promise.all(cached.map((client) => client.$cache.explain(models.list[0]!.name, 'findMany', {})))
  const workerClient = connect(subject, twins.cachedUrl)
  const workerWire = await openWire(redisUrl)
  const queued = Object.values(policies[0]!.models).some(({ policy }) => policy.strategy === 'writeBehind')
  const worker = queued
    ? await startFlushWorker({
        prisma: workerClient as never,
        policies: policies[0]!,
        redis: workerWire.url,
        namespace: twins.name,
        lease: PATIENT.lease,
        concurrency: 3,
      })
    : undefined
  return {
    cached,
    truth,
    plain,
    wires,
    commands() {
      const sum = new Map<string, number>()
      for (const { commands } of [...wires, workerWire]) {
        for (const [name, n] of commands) sum.set(name, (sum.get(name) ?? 0) + n)
      }
      return sum
    },
    namespace: twins.name,
    likes: numbers.map((i) => numbers.find((j) => policies[j] === policies[i] && isLast(j) === isLast(i))!),
    eventual: new Set(
      models.list.flatMap(({ name }) => {
        const { policy } = policies[0]!.models[name]!
        return policy.strategy !== 'none' && policy.consistency === 'eventual' ? [name] : []
      }),
    ),
    hasNear: (i) =>
      Object.values(policies[i]!.models).some(({ policy }) => 'near' in policy && policy.near.kind === 'on'),
    async close() {
      await Promise.all(cached.map((client) => client.$disconnect()))
      await Promise.all(wires.map((wire) => wire.close()))
      await worker?.close({ deadlineMs: 2000 })
      await workerWire.close()
      await Promise.all([...truth, ...plain, workerClient].map((client) => client.$disconnect()))
    },
  }
}

/** Of every third model one field that is no key. */
function clientOmit(models: Models): Record<string, Record<string, true>> {
  const omit: Record<string, Record<string, true>> = {}
  for (const [i, model] of models.list.entries()) {
    const field = model.fields.find(({ name }) => !model.key.fields.includes(name) && !model.foreign.has(name))
    if (field && i % 3 === 0) omit[delegateName(model.name)] = { [field.name]: true }
  }
  return omit
}
