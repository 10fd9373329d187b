export interface Mismatch {
  /** What was compared. */
  readonly what: string
  readonly expected: string
  readonly actual: string
}
