import type { Op } from '../history/op.js'

/** What was promised and not kept. */
export type Rule =
  | 'linearizable'
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'bounded-age'
  | 'never-written'
  | 'one-order'
  | 'count'

export interface Violation {
  readonly rule: Rule
  readonly key: string
  readonly why: string
  /** The fewest operations that show it, by the time of their call. */
  readonly ops: readonly Op[]
}

/** What the design allows, and counts apart. */
export type Exception =
  /** New, then old, of a write that was not acknowledged when it was first read. */
  | 'unacknowledged'
  /** The same of a write that was acknowledged while its publication was owed. */
  | 'owed'

export type Exceptions = Record<Exception, number>

export interface Verdict {
  readonly violations: readonly Violation[]
  readonly exceptions: Exceptions
}

export const noExceptions = (): Exceptions => ({ unacknowledged: 0, owed: 0 })

export function violation(rule: Rule, why: string, ops: readonly (Op | undefined)[]): Violation {
  const known = ops.filter((op) => op !== undefined)
  return { rule, key: known[0]!.key, why, ops: [...new Set(known)].sort((a, b) => a.call - b.call) }
}
