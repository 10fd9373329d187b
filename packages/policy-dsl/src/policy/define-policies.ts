import { didYouMean } from '../diagnostics/nearest.js'
import type { PolicyDraft } from './builders.js'
import { checkDraft } from './check-draft.js'
import { mergeFields } from './check-field-option.js'
import { brokenRules, parsePolicySet, rulesAgainst } from './parse-policy-set.js'
import { PolicyError, type PolicyProblem } from './policy-error.js'
import type { ModelEntry, PolicySet } from './policy-set.js'
import type { About } from './rules/rule.js'

type ModelsOf<G extends PolicySet> = keyof G['models'] & string
type FieldsOf<G extends PolicySet, M extends keyof G['models']> = G['models'][M]['facts']['fields'][number]
type NamesOf<G extends PolicySet, M extends keyof G['models']> = FieldsOf<G, M>['name']

/** Fields that can count versions; any field where the set's names are not known. */
type VersionsOf<G extends PolicySet, M extends keyof G['models']> =
  string extends NamesOf<G, M>
    ? string
    : Extract<
        FieldsOf<G, M>,
        { readonly type: 'Int' | 'BigInt'; readonly list: false; readonly nullable: false }
      >['name']

/** Fields that can tell tenants apart; any field where the set's names are not known. */
type ScopesOf<G extends PolicySet, M extends keyof G['models']> =
  string extends NamesOf<G, M>
    ? string
    : Extract<
        FieldsOf<G, M>,
        { readonly type: 'String' | 'Int' | 'BigInt' | 'Enum'; readonly list: false; readonly nullable: false }
      >['name']

/** To the compiler an object without overrides has whatever every object has, for example a `constructor`. */
// biome-ignore lint/complexity/noBannedTypes: its members are meant, not its values.
type Inherited<M> = M extends keyof Object ? Object[M] : never

/** Policies by model name, checked against the models and fields of the generated set. */
export type PolicyOverrides<G extends PolicySet> = {
  readonly [M in keyof G['models']]?:
    | PolicyDraft<NamesOf<G, M>, ModelsOf<G>, VersionsOf<G, M>, ScopesOf<G, M>>
    | Inherited<M>
}

/** A policy set with the models and fields of another. */
export interface PolicySetLike<G extends PolicySet> extends PolicySet {
  readonly models: { readonly [M in keyof G['models']]: Omit<ModelEntry, 'facts'> & Pick<G['models'][M], 'facts'> }
}

export interface DefineOptions {
  /** Is told what the overrides bring about that only surprises. Default: a process warning (`PrismaCacheWarning`). */
  onWarning?(problem: PolicyProblem): void
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
  { onWarning = emitWarning }: DefineOptions = {},
): PolicySetLike<G> {
  const base = parsePolicySet(generated)
  if (overrides === null || typeof overrides !== 'object') {
    const message = `the overrides are ${overrides === null ? 'null' : typeof overrides}, not policies by model name`
    const next = 'call it as `definePolicies(policies, { Session: writeBehind() })`, with the generated policies first'
    throw new PolicyError('PC2302', message, [{ code: 'PC2302', path: '', message, next }])
  }
  const problems: PolicyProblem[] = []
  const models: Record<string, ModelEntry> = { ...base.models }
  const unsure = new Map<string, readonly string[]>()
  for (const [name, draft] of Object.entries(overrides as Readonly<Record<string, PolicyDraft | undefined>>)) {
    if (draft === undefined) continue
    const entry = Object.hasOwn(models, name) ? models[name] : undefined
    if (entry === undefined) {
      const next = didYouMean(name, Object.keys(base.models))
      problems.push({ code: 'PC2303', path: name, message: `unknown model \`${name}\``, next })
      continue
    }
    const checked = checkDraft(name, draft)
    problems.push(...checked.problems)
    unsure.set(name, checked.unsure)
    const fieldPolicies = mergeFields(entry.fieldPolicies, checked.fields)
    models[name] = { policy: checked.policy, ...(fieldPolicies ? { fieldPolicies } : {}), facts: entry.facts }
  }
  const set: PolicySet = { ...base, models }
  problems.push(...brokenRules(set, placeInOverrides, { unsure }))
  if (problems.length > 0) throw new PolicyError('PC2302', 'the overrides do not fit the generated policies', problems)
  const checked = parsePolicySet(set)
  for (const warning of newWarnings(base, checked)) onWarning(warning)
  return checked as unknown as PolicySetLike<G>
}

/** What `prisma generate` has said of the schema itself is not said again. */
function newWarnings(base: PolicySet, set: PolicySet): readonly PolicyProblem[] {
  const known = new Set(
    rulesAgainst(base, 'warning', placeInOverrides).map(({ path, message }) => `${path} ${message}`),
  )
  const all = rulesAgainst(set, 'warning', placeInOverrides)
  return all.filter(({ path, message }) => !known.has(`${path} ${message}`))
}

function emitWarning({ code, path, message, next }: PolicyProblem): void {
  process.emitWarning(`${path}: ${message}`, { type: 'PrismaCacheWarning', code, detail: next })
}

function placeInOverrides(model: string, about: About | undefined): string {
  return about === undefined ? model : `${model}.${about.kind === 'argument' ? about.name : about.word}`
}
