import type { RejectedChange, SequenceMarks } from './change.js'

export interface PendingSummary {
  /** Rows with a change that is not applied. */
  readonly count: number
  /** Milliseconds since the oldest of them was accepted; 0 when there is none. */
  readonly oldestAgeMs: number
  /** Rows a second that were flushed, whichever worker did it: an average over about the last half minute. */
  readonly flushedPerSecond: number
  /** Rows that were applied and that were rejected so far, as far as Redis remembers. */
  readonly applied: number
  readonly rejected: number
  /** Rejected changes that are kept, for somebody to retry or drop them. */
  readonly rejectedKept: number
}

export interface PendingStock extends PendingSummary {
  /** What the policy allows. */
  readonly maxPending: number
}

/** The client's side of flushing: jobs, and waiting for what the worker does. */
export interface Flusher {
  /** Makes sure of the shard's flush job (BullMQ, deduplicated by shard, delayed). Never rejects: a sweeper heals what is missed. */
  schedule(model: string, shard: number, delayMs: number): void
  /** Resolves when everything up to the marks is applied; rejects with PC1303 and `rejected` when some was rejected meanwhile, PC1302 past the deadline. */
  flushUpTo(marks: SequenceMarks, deadlineMs?: number): Promise<void>
  /** Resolves to whether everything up to the mark was applied, or rejected, within the time. */
  waitFor(model: string, shard: number, mark: number, withinMs: number): Promise<boolean>
  /** Marks of everything that is accepted and not applied; empty when nothing is. */
  marks(models: readonly string[]): Promise<SequenceMarks>
  pending(models: readonly string[]): Promise<Record<string, PendingSummary>>
  status(model: string, row: string): Promise<'clean' | 'pending' | 'rejected'>
  rejected(models: readonly string[]): Promise<readonly RejectedChange[]>
  close(): Promise<void>
}

/** A flusher that begins anew after `close`, as a Prisma client does after `$disconnect`. */
export function reopening(create: () => Flusher): Flusher {
  let open: Flusher | undefined
  const current = () => {
    open ??= create()
    return open
  }
  return {
    schedule: (...args) => current().schedule(...args),
    flushUpTo: (...args) => current().flushUpTo(...args),
    waitFor: (...args) => current().waitFor(...args),
    marks: (...args) => current().marks(...args),
    pending: (...args) => current().pending(...args),
    status: (...args) => current().status(...args),
    rejected: (...args) => current().rejected(...args),
    async close() {
      const closing = open
      open = undefined
      await closing?.close()
    },
  }
}
