/** What the table says of each cached model besides its figures, keyed by model name. */
export type ModelPolicies = Readonly<Record<string, ModelPolicyText>>

export interface ModelPolicyText {
  /** For example `writeThrough, strong`. */
  readonly strategy: string
  /** Name in the database. */
  readonly table: string
}

interface PolicySetLike {
  readonly models: Readonly<Record<string, ModelEntryLike>>
}

interface ModelEntryLike {
  readonly policy: { readonly strategy: string; readonly consistency?: string }
  readonly facts: { readonly dbName: string }
}

/** Models without a policy have no line of their own. */
export function describePolicies({ models }: PolicySetLike): ModelPolicies {
  const texts: Record<string, ModelPolicyText> = {}
  for (const [model, { policy, facts }] of Object.entries(models)) {
    if (policy.strategy === 'none') continue
    texts[model] = { strategy: [policy.strategy, policy.consistency].filter(Boolean).join(', '), table: facts.dbName }
  }
  return texts
}
