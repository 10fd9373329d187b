/** One promise held against what was measured. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /** The figures behind the verdict, in one line. */
  readonly numbers: string
}
