import type { Row } from '../protocol/row-codec.js'
import type { Tag } from '../protocol/tag.js'
import type { IndexedModel } from './model-index.js'
import type { NarrowField } from './narrow-fields.js'
import { refusedWhenDown } from './refused-when-down.js'

/** What a write of these models owes their readers before its statement. */
export interface WriteClass {
  /** Must the tags be fenced, and that be awaited, before the statement? */
  readonly fenced: boolean
  /** Are versions also replaced beside the statement? Not where every model is `eventual`. */
  readonly early: boolean
  /** Is any of the models `strong`? */
  readonly strong: boolean
  /** The first of the models that no write may reach while Redis is down (`onCacheDown: reject`). */
  readonly refusedBy: string | undefined
}

/** What a write that goes to Postgres first may touch, and how its answer is made. Nothing here is performed. */
export interface WritePlan extends WriteClass {
  readonly model: string
  /** Fenced or touched before the statement, as far as is known then. */
  readonly before: readonly Tag[]
  /** Every tag to publish, once the returned rows are known. */
  after(result: unknown): readonly Tag[]
  /** Every tag to publish where nobody knows what the statement has done; reaches all that `after` could. */
  readonly worst: readonly Tag[]
  /** Sent to Prisma instead of the caller's arguments, where the whole row or its key is wanted back. */
  readonly args: unknown
  /** The caller's own, when `args` are others. */
  readonly original?: unknown
  /** What the caller wrote, when versions were counted into it. */
  readonly written?: unknown
  /** The caller's answer, of what Prisma returned for `args`. */
  answer(result: unknown): unknown
  /** The row that may be put into the cache, of what Prisma returned. */
  put(result: unknown): { readonly model: IndexedModel; readonly row: string; readonly values: Row } | undefined
  /** Fields that narrow and that it sets, where nobody knows what they were: every list by one of them is touched. */
  readonly lost?: readonly NarrowField[]
  /**
   * The same write under the condition that the fields had the values that somebody believes they had. Postgres judges
   * that when it has the row in hand: where it writes, the values before are known; where it finds no row, nothing was
   * written, and the write itself is sent.
   */
  readonly guarded?: WritePlan
  /** Models of which this write may change rows that `before` does not name. */
  readonly wide: ReadonlySet<string>
  /** The row that it changes is chosen by other than its key, so that only the answer names it. */
  readonly unnamed?: true
  /**
   * Writes one row and takes no key away: the only foreign keys that can fail are the row's own, and then nothing was
   * written.
   */
  readonly ownKeysOnly: boolean
  /**
   * Prisma may send it as several statements without a transaction around them, as it does for relations that it emulates
   * (for nested writes and rows past the bound of a statement it begins one): of what the database refuses, a part may stand.
   */
  readonly inParts: boolean
}

export function classOf(models: readonly IndexedModel[]): WriteClass {
  const is = (wanted: string) => models.some((m) => m.policy.strategy !== 'none' && m.policy.consistency === wanted)
  const strong = is('strong')
  const fenced = strong || models.some((m) => m.policy.strategy === 'writeThrough')
  return { strong, fenced, early: !fenced && is('session'), refusedBy: refusedWhenDown(models) }
}

/** Every row and every list of a model. */
export function wideTags(model: string): Tag[] {
  return [
    { kind: 'wide', model },
    { kind: 'table', model },
  ]
}
