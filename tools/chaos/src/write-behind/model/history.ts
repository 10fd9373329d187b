import type { Operation, Row } from './operations.js'

/** What the caller of a write was told. */
export type Outcome<A = Row> =
  | {
      readonly kind: 'acknowledged'
      /** Undefined where it is no row. */
      readonly answer: A | undefined
      /** Of the accepted write; absent where it went to Postgres itself. */
      readonly sequence?: number | undefined
    }
  /** Prisma's own error, so of the row as it stood then. */
  | { readonly kind: 'failed'; readonly code: string }
  /** An error that promises that nothing was changed. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The process died, or the error leaves it open. */
  | { readonly kind: 'unknown'; readonly error: string }

/** One write as its caller saw it. Times are positions in the run's one order of events. */
export interface Recorded<O = Operation, A = Row> {
  readonly operation: O
  readonly invoked: number
  /** Infinite while nobody knows: it may still be done. */
  readonly returned: number
  readonly outcome: Outcome<A>
}

/** A rejected write as the queue keeps it. */
export interface Rejection {
  readonly model: string
  readonly row: string
  readonly first: number
  readonly last: number
  readonly error: string
  readonly sqlState?: string | undefined
}

export function isCovered(rejection: Rejection, sequence: number | undefined): boolean {
  return sequence !== undefined && rejection.first <= sequence && sequence <= rejection.last
}
