import { didYouMean } from '../diagnostics/nearest.js'
import type { PolicyDraft } from './builders.js'
import { checkDraft } from './check-draft.js'
import { brokenRules, parsePolicySet } from './parse-policy-set.js'
import { PolicyError, type PolicyProblem } from './policy-error.js'
import type { ModelEntry, PolicySet } from './policy-set.js'

/** Policies by model name, checked against the names of the generated set. */
export type PolicyOverrides<G extends PolicySet> = { readonly [M in keyof G['models']]?: PolicyDraft }

/** A policy set with the model names of another. */
export interface PolicySetLike<G extends PolicySet> extends PolicySet {
  readonly models: { readonly [M in keyof G['models']]: ModelEntry }
}

/**
 * The generated policies with some of them replaced, for example for one environment.
 *
 * @example
 * const policies = definePolicies(generated, { Session: writeBehind({ flushEvery: '50ms' }), AuditLog: none() })
 *
 * @throws PolicyError PC2302 with every unknown model and every wrong value.
 */
export function definePolicies<const G extends PolicySet>(
  generated: G,
  overrides: PolicyOverrides<G>,
): PolicySetLike<G> {
  const base = parsePolicySet(generated)
  const problems: PolicyProblem[] = []
  const models: Record<string, ModelEntry> = { ...base.models }
  for (const [name, draft] of Object.entries<PolicyDraft | undefined>(overrides)) {
    if (draft === undefined) continue
    const entry = Object.hasOwn(models, name) ? models[name] : undefined
    if (entry === undefined) {
      const next = didYouMean(name, Object.keys(base.models))
      problems.push({ code: 'PC2303', path: name, message: `unknown model \`${name}\``, next })
      continue
    }
    const checked = checkDraft(name, draft)
    problems.push(...checked.problems)
    models[name] = { ...entry, policy: checked.policy }
  }
  const set: PolicySet = { ...base, models }
  problems.push(...brokenRules(set, ''))
  if (problems.length > 0) throw new PolicyError('PC2302', 'the overrides do not fit the generated policies', problems)
  return parsePolicySet(set) as PolicySetLike<G>
}
