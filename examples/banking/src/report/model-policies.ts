/** What the table says of each model besides its figures, keyed by model name, in the order of the table. */
export type ModelPolicies = Readonly<Record<string, ModelPolicyText>>

export interface ModelPolicyText {
  /** For example `writeThrough, strong`. */
  readonly strategy: string
  /** Name in the database. */
  readonly table: string
}
