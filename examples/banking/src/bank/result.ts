import type { Cents } from './cents.js'
import type { Mark } from './mark.js'

export type Outcome = 'done' | 'insufficient funds'

/** What one of the bank's transactions did. */
export interface BankResult {
  readonly outcome: Outcome
  /** By how much the sum of all balances changed. */
  readonly delta: Cents
  readonly marks: readonly Mark[]
  /** For the answer's body; plain JSON. */
  readonly answer?: unknown
}

export const accountMark = (row: { readonly id: string; readonly version: number }): Mark => ({
  question: { model: 'Account', id: row.id },
  value: row.version,
})

export const transferMark = (row: { readonly id: bigint; readonly fromId: string }): Mark => ({
  question: { model: 'Transfer', id: row.fromId },
  value: Number(row.id),
})

export const INSUFFICIENT: BankResult = { outcome: 'insufficient funds', delta: 0, marks: [] }
