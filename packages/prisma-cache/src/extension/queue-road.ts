import type { EventBus } from '../events/events.js'
import type { IndexedModel, ModelIndex } from '../planner/model-index.js'
import type { Row } from '../protocol/row-codec.js'
import type { SequenceMarks } from '../queue/change.js'
import type { PendingSummary } from '../queue/flusher.js'
import type { RedisOption } from '../store/connection.js'
import type { Link } from '../store/link.js'

export type QueuedWrite =
  | {
      readonly kind: 'accepted'
      readonly result: unknown
      readonly model: string
      readonly shard: number
      readonly sequence: number
    }
  | { readonly kind: 'direct'; readonly reason: string }

/** What the extension asks of write-behind. */
export interface QueueRoad {
  write(model: IndexedModel, operation: string, args: unknown): Promise<QueuedWrite>
  /** The row as accepted, or undefined when nothing of it is pending (or what is pending was flushed first). */
  readRow(model: IndexedModel, row: string): Promise<{ readonly row: Row | null } | undefined>
  flushRow(model: IndexedModel, row: string): Promise<void>
  flushUpTo(marks: SequenceMarks): Promise<void>
  flushModels(models: readonly string[]): Promise<void>
  pending(models: readonly string[]): Promise<Readonly<Record<string, PendingSummary>>>
  status(model: string, row: string): Promise<'clean' | 'pending' | 'rejected'>
  close(): Promise<void>
}

export interface QueueRoadParts {
  readonly link: Link
  readonly events: EventBus
  readonly index: ModelIndex
  readonly redis: RedisOption
  readonly client: object
}

export function createQueueRoad(_parts: QueueRoadParts): QueueRoad {
  return {
    write: async () => ({ kind: 'direct', reason: 'not there yet' }),
    readRow: async () => undefined,
    flushRow: async () => {},
    flushUpTo: async () => {},
    flushModels: async () => {},
    pending: async () => ({}),
    status: async () => 'clean',
    close: async () => {},
  }
}
