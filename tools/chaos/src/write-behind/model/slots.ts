/** Writes that Postgres may refuse, each to a row that nobody else writes. */
export type SlotOperation =
  | {
      readonly kind: 'create'
      readonly number: number
      readonly id: string
      /** Unique in the table. */
      readonly label: string
      /** Refused below zero. */
      readonly size: number
      readonly ownerId: string | null
    }
  | { readonly kind: 'note'; readonly number: number; readonly id: string }

export interface SlotRow {
  readonly id: string
  readonly label: string
  readonly size: number
  readonly note: string
  readonly ownerId: string | null
}

/** A row that is created once and counted up. */
export interface CountOperation {
  readonly kind: 'create' | 'increment'
  readonly number: number
  readonly id: string
}
