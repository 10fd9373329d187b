import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { Queue } from 'bullmq'
import type { EventBus } from '../events/events.js'
import type { Road } from '../queue/apply/road.js'
import type { RejectedChange } from '../queue/change.js'
import type { DurableBarrier } from '../queue/durability.js'
import type { FlushQueueData } from '../queue/flush-queue.js'
import type { Primary } from '../replica/primary.js'
import type { Link } from '../store/link.js'
import type { KnownEpoch } from './known-epoch.js'
import type { KnownPromises } from './known-promises.js'
import type { Neighbours } from './neighbours.js'

/** What the steps of a flush share. */
export interface WorkerContext {
  readonly link: Link
  readonly road: Road
  readonly policies: PolicySet
  readonly queue: Queue<FlushQueueData>
  readonly events: EventBus
  readonly barrier: DurableBarrier
  readonly epoch: KnownEpoch
  readonly promises: KnownPromises
  readonly neighbours: Neighbours
  readonly transactionTimeoutMs: number
  /** Undefined: nobody reads from replicas. */
  readonly primary: Primary | undefined
  /** True once the worker was asked to close: what is begun is finished, nothing else is begun. */
  closing(): boolean
  onRejected(rejected: RejectedChange): void
}
