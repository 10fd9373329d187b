import type { PolicySet } from '@prisma-cache/policy-dsl'
import { Queue, Worker } from 'bullmq'
import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import { createEventBus, type EventBus, type EventName, type Events, type Listener } from '../events/events.js'
import { createKeys } from '../protocol/keys.js'
import { createPrismaRoad, type PrismaTransactions } from '../queue/apply/prisma-road.js'
import { createSqlRoad } from '../queue/apply/road.js'
import { createDurableBarrier } from '../queue/durability.js'
import {
  FLUSH_JOB,
  FLUSH_QUEUE,
  type FlushQueueData,
  flushBackoff,
  flushJobOptions,
  queueOptions,
  SWEEP_JOB,
} from '../queue/flush-queue.js'
import type { PendingStock } from '../queue/flusher.js'
import { modelSummary } from '../queue/flusher-summary.js'
import { createPrimary } from '../replica/primary.js'
import { createLink, type Link } from '../store/link.js'
import { touch } from '../store/publish.js'
import { checkDatabase } from './check-database.js'
import { checkWorkerOptions } from './check-worker-options.js'
import { createConnections } from './connections.js'
import type { WorkerContext } from './context.js'
import { createKnownEpoch, type Seen } from './known-epoch.js'
import { createKnownPromises } from './known-promises.js'
import { createNeighbours } from './neighbours.js'
import { createProcessor } from './process-job.js'
import { writeBehindModels } from './shards.js'
import { startWatch } from './watch.js'
import type { FlushWorkerOptions } from './worker-options.js'

export interface FlushWorker {
  /** Finishes the batches in hand, within the deadline (default 10000 ms), and closes every connection it made. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
  /** Rows accepted and not yet applied, and how fast they are, of each write-behind model. */
  pending(): Promise<Readonly<Record<string, PendingStock>>>
  /** @returns a function that removes the listener */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
}

const COMMAND_TIMEOUT_MS = 10_000
const TAKEOVER_MS = 6000

/**
 * Starts a worker that brings accepted writes to Postgres. Several may run, in one process or on many machines.
 *
 * @throws PrismaCacheError PC1101 Redis does not answer; PC1102, PC1103 it cannot keep what the policies promise;
 *   PC1304 the ledger table is missing; PC1305 Postgres does not answer
 */
export async function startFlushWorker(options: FlushWorkerOptions): Promise<FlushWorker> {
  checkWorkerOptions(options)
  const { prisma, policies, onError = () => {}, takeoverMs = TAKEOVER_MS } = options
  const events = options.events ?? createEventBus(onError)
  const { onLost = (lost) => process.emitWarning(lossText(lost), 'PrismaCacheLoss') } = options
  events.on('lost', (lost) => guarded(onError, () => onLost(lost)))
  const keys = createKeys(options.namespace ?? 'pc')
  const road =
    options.road === 'prisma'
      ? createPrismaRoad(prisma as unknown as PrismaTransactions, policies)
      : createSqlRoad(prisma, policies, options.schema)
  await checkDatabase(road)
  const connections = createConnections(options.redis, COMMAND_TIMEOUT_MS)
  const link: Link = createLink({
    connection: connections.main,
    keys,
    events,
    leaseMs: options.lease ?? 10_000,
    publish: async (tags) => void (await touch(link, tags)),
  })
  const ending: (() => unknown)[] = [() => link.close(), () => connections.close()]
  const end = async () => {
    for (const step of ending) await step()
  }
  try {
    await requireUp(link, events)
    const promises = createKnownPromises(link, policies)
    await promises.get()
    const barrier = createDurableBarrier({
      redis: link.redis,
      alwaysSynced: async () => (await promises.get()).alwaysSynced,
      timeoutMs: options.durableWithinMs ?? 5000,
    })
    ending.unshift(() => barrier.close())
    const queue = new Queue<FlushQueueData>(FLUSH_QUEUE, queueOptions(keys, connections.bull))
    queue.on('error', (error) => onError(error))
    ending.unshift(() => queue.close())
    let closing = false
    const models = writeBehindModels(policies)
    const seen = new Map<string, Seen>()
    const context: WorkerContext = {
      link,
      road,
      policies,
      queue,
      events,
      barrier,
      promises,
      epoch: createKnownEpoch(link, road, events, policies, seen),
      neighbours: createNeighbours(link, policies, async ({ model, shard }) => {
        await queue.add(FLUSH_JOB, { model, shard }, flushJobOptions(model, shard, 0, true))
      }),
      primary: options.recordPositions ? createPrimary(prisma) : undefined,
      transactionTimeoutMs: options.transactionTimeoutMs ?? 60_000,
      closing: () => closing,
      onRejected: (rejected) => guarded(onError, () => options.onRejected?.(rejected)),
    }
    const everyMs = options.sweepEveryMs ?? 5000
    const ensureSweep = async () => {
      const opts = { removeOnComplete: true, removeOnFail: true }
      await queue.upsertJobScheduler(SWEEP_JOB, { every: everyMs }, { name: SWEEP_JOB, data: {}, opts })
    }
    const { epoch } = context
    ending.unshift(await startWatch({ link, epoch, models, everyMs, seen, ensureSweep, onError }))
    const processor = createProcessor(context, onError)
    const worker = new Worker<FlushQueueData>(FLUSH_QUEUE, processor.process, {
      ...queueOptions(keys, connections.bull),
      concurrency: options.concurrency ?? 8,
      // A job whose worker died is tried again by another, soon and however often that happens: two at one shard harm
      // nothing, since the ledger lets one through. A lock that was renewed just before the death ends first, then comes the
      // next look for jobs without one.
      lockDuration: Math.ceil((takeoverMs * 2) / 3),
      stalledInterval: Math.ceil(takeoverMs / 3),
      maxStalledCount: 1_000_000_000,
      settings: { backoffStrategy: flushBackoff },
    })
    worker.on('error', (error) => onError(error))
    await worker.waitUntilReady()
    let closed: Promise<void> | undefined
    return {
      on: (name, listener) => events.on(name, listener),
      pending: async () =>
        Object.fromEntries(
          await Promise.all(models.map(async (model) => [model, await stockOf(link, policies, model)] as const)),
        ),
      close({ deadlineMs = 10_000 } = {}) {
        closing = true
        closed ??= drain(worker, processor.idle, deadlineMs).then(end)
        return closed
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

export function lossText({ model, cause, pending, seenMsAgo }: Events['lost']): string {
  const seen = pending === undefined ? '' : `; ${pending} rows were pending ${seenMsAgo} ms before this was noticed`
  return `${model}: ${cause}${seen}`
}

async function requireUp(link: Link, events: EventBus): Promise<void> {
  let cause: unknown
  const off = events.on('link', (event) => {
    cause = event.cause ?? cause
  })
  await link.settled()
  off()
  if (link.isUp()) return
  throw new PrismaCacheError(
    'PC1101',
    `the flush worker cannot reach Redis (${messageOf(cause) ?? 'no answer'}). Accepted writes and its jobs are there: check \`redis\`, and that the server answers.`,
    { cause },
  )
}

async function stockOf(link: Link, policies: PolicySet, model: string): Promise<PendingStock> {
  const policy = policies.models[model]?.policy
  const maxPending = policy?.strategy === 'writeBehind' ? policy.maxPending : 0
  return { ...(await modelSummary(link.redis, link.keys, model)), maxPending }
}

/** BullMQ's own close waits for ever or not at all, as its first call says. */
async function drain(worker: Worker, idle: () => Promise<void>, deadlineMs: number): Promise<void> {
  await worker.pause(true)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), deadlineMs)
  })
  const force = await Promise.race([idle().then(() => false), late])
  clearTimeout(timer)
  // What is left then stays sealed or open, and its job is taken over as stalled.
  await worker.close(force)
}

function guarded(onError: (error: unknown) => void, call: () => void): void {
  try {
    call()
  } catch (error) {
    onError(error)
  }
}
