import type { EventBus } from '../events/events.js'
import type { ModelIndex } from '../planner/model-index.js'
import type { Routes } from '../planner/route.js'
import type { Keys } from '../protocol/keys.js'
import type { Link } from '../store/link.js'
import type { Near } from '../store/near/near.js'
import type { CausalSession } from '../strategy/causal-session.js'
import type { Horizon } from '../strategy/near-horizon.js'
import type { NearReads } from '../strategy/near-reads.js'
import type { ReadThrough } from '../strategy/read-through.js'
import type { TransactionWrites } from '../strategy/transaction.js'
import type { ReplicaSide } from './create-replica-side.js'
import type { TransactionOfOperation } from './prisma-internals.js'
import type { QueueRoad } from './queue-road.js'

/** What one client's extension is made of. */
export interface Engine {
  readonly index: ModelIndex
  /** The client before this extension. */
  readonly client: object
  readonly keys: Keys
  readonly link: Link
  readonly events: EventBus
  readonly reads: ReadThrough
  /** Where a model has near copies: what sessions have seen past them, the copies, and reads that they answer. */
  readonly horizon: Horizon | undefined
  readonly near: Near | undefined
  readonly nearReads: NearReads | undefined
  /** Where there are replicas. */
  readonly replicas: ReplicaSide | undefined
  readonly routes: Routes
  readonly writeBehind: QueueRoad
  /** The session that the call stands in: the one of `$cache.session`, else the client's own. */
  session(): CausalSession
  /** Writes collected by interactive transactions, by their id. */
  readonly transactions: Map<string, TransactionWrites>
  /** Models declared by `$cache.writes` around the call. */
  declaredWrites(): readonly string[] | undefined
}

/** One operation as Prisma hands it to the extension. */
export interface Operation {
  readonly model: string | undefined
  readonly operation: string
  readonly args: unknown
  readonly transaction: TransactionOfOperation
  query(args: unknown): Promise<unknown>
}
