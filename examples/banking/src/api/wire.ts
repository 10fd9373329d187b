import type { Cents } from '../bank/cents.js'
import type { Mark } from '../bank/mark.js'
import type { Outcome } from '../bank/result.js'

/** Headers between the bank's clients and its API. */
export const HEADER = {
  session: 'x-session-id',
  call: 'x-call-id',
  /** Causal token, in and out: who sends it back sees what it has written, on whatever process answers. */
  token: 'x-cache-token',
} as const

/** Body of the answer to a call. */
export interface CallAnswer {
  readonly outcome: Outcome
  readonly delta: Cents
  readonly marks: readonly Mark[]
  readonly answer?: unknown
}

export interface LogInAnswer {
  readonly sessionId: string
}
