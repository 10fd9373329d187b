import { didYouMean } from '../diagnostics/nearest.js'
import type { PolicyDraft } from './builders.js'
import { checkDraft } from './check-draft.js'
import { mergeFields } from './check-field-option.js'
import { brokenRules, parsePolicySet } from './parse-policy-set.js'
import { PolicyError, type PolicyProblem } from './policy-error.js'
import type { ModelEntry, PolicySet } from './policy-set.js'
import type { About } from './rules/rule.js'

type ModelsOf<G extends PolicySet> = keyof G['models'] & string
type FieldsOf<G extends PolicySet, M extends keyof G['models']> = G['models'][M]['facts']['fields'][number]['name']

/** Policies by model name, checked against the models and fields of the generated set. */
export type PolicyOverrides<G extends PolicySet> = {
  readonly [M in keyof G['models']]?: PolicyDraft<FieldsOf<G, M>, ModelsOf<G>>
}

/** A policy set with the models and fields of another. */
export interface PolicySetLike<G extends PolicySet> extends PolicySet {
  readonly models: { readonly [M in keyof G['models']]: Omit<ModelEntry, 'facts'> & Pick<G['models'][M], 'facts'> }
}

/**
 * The generated policies with some of them replaced, for example for one environment. A policy is replaced as a whole;
 * what the schema says of fields stays, unless `version`, `omit` or `scope` say otherwise.
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
  if (overrides === null || typeof overrides !== 'object') {
    const message = `the overrides are ${overrides === null ? 'null' : typeof overrides}, not policies by model name`
    const next = 'call it as `definePolicies(policies, { Session: writeBehind() })`, with the generated policies first'
    throw new PolicyError('PC2302', message, [{ code: 'PC2302', path: '', message, next }])
  }
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
    const fieldPolicies = mergeFields(entry.fieldPolicies, checked.fields)
    models[name] = { policy: checked.policy, ...(fieldPolicies ? { fieldPolicies } : {}), facts: entry.facts }
  }
  const set: PolicySet = { ...base, models }
  problems.push(...brokenRules(set, placeInOverrides))
  if (problems.length > 0) throw new PolicyError('PC2302', 'the overrides do not fit the generated policies', problems)
  return parsePolicySet(set) as unknown as PolicySetLike<G>
}

function placeInOverrides(model: string, about: About | undefined): string {
  return about === undefined ? model : `${model}.${about.kind === 'argument' ? about.name : about.word}`
}
