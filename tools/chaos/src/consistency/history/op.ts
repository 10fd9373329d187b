/**
 * One operation on one register, as a client saw it. Times are microseconds on the monotonic clock that all processes of
 * a machine share, counted from the start of the run.
 */
export interface Op {
  /** Names the register: model, generation, bucket, slot. Of a count: the bucket. */
  readonly key: string
  readonly kind: 'write' | 'read' | 'count'
  /**
   * No two writes of a key write the same, so that a read names its write. 0: no row, whoever deleted it. Of a count: the
   * rows.
   */
  readonly value: number
  /** The row's own count of its writes: the order in which Postgres took them. 0: no row; -1: the answer did not say. */
  readonly seq: number
  readonly call: number
  /** Infinity: nobody knows what became of it. A write may then take effect at any later time, or never. */
  readonly ret: number
  readonly session: string
  /** Place in the session, whichever process it was in. */
  readonly order: number
  /** Incarnation of the process. */
  readonly process: string
  /** What was called, for whoever reads the history. */
  readonly via: string
  /** A write after which there is no row. Its value is its name, which no read can tell. */
  readonly deletes?: boolean
  /** Refused for certain: must never be seen. */
  readonly aborted?: boolean
  /** Acknowledged while its publication was owed; until when, Infinity: as far as is known it still is. */
  readonly owedUntil?: number
}

/** Calls outside any session are one session of their client, and several are under way at once. */
export function isClientSession(session: string): boolean {
  return session.startsWith('client')
}

/** It does not say whose doing that is. */
export function readsNoRow({ kind, value }: Op): boolean {
  return kind === 'read' && value === 0
}

/** When every process could know of the write: acknowledged, and published. */
export function publishedAt(write: Op): number {
  return write.owedUntil === undefined ? write.ret : Math.max(write.ret, write.owedUntil)
}

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
