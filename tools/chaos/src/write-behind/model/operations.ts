/** A row of either model, but for its key. Numbers of operations are the marks that they leave. */
export interface Row {
  readonly trace: readonly number[]
  /** Digits to the base of 4, one an operation that adds: how often it was done. */
  readonly sum: bigint
  readonly count: number
  readonly last: number | null
  readonly note: string
}

export const NEW_ROW: Row = { trace: [], sum: 0n, count: 0, last: null, note: 'none' }

/** One of the two keys of a family: what is checked is a family, since a changed key moves a row between them. */
export type Key = 0 | 1

/** What an update does. Left out: nothing of that column. */
export interface Changes {
  readonly push?: true
  readonly add?: true
  readonly count?: true
  readonly last?: true
  readonly note?: true
}

/**
 * Ways past the queue: a `where` of more than the key, which names the row all the same; `updateMany` and `deleteMany`; SQL;
 * an interactive transaction.
 */
export const PASTS = ['where', 'many', 'sql', 'transaction'] as const
export type Past = (typeof PASTS)[number]

interface OperationBase {
  /** Unique in the run. */
  readonly number: number
  readonly key: Key
  /** Unique in the family, from 0: its digit in `sum`. */
  readonly digit: number
  /** It goes to Postgres at once, past the queue. */
  readonly past?: Past
}

export type Operation =
  | (OperationBase & { readonly kind: 'create' })
  | (OperationBase & { readonly kind: 'update'; readonly changes: Changes })
  | (OperationBase & { readonly kind: 'upsert'; readonly changes: Changes })
  | (OperationBase & { readonly kind: 'delete' })
  /** The row gets the other key. */
  | (OperationBase & { readonly kind: 'move' })

/** Digits of a BigInt of Postgres, each of which may be 3 at most. */
export const MOST_DIGITS = 31

export const digitOf = (digit: number): bigint => 4n ** BigInt(digit)
export const otherKey = (key: Key): Key => (key === 0 ? 1 : 0)
