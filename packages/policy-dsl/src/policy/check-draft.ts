import { didYouMean } from '../diagnostics/nearest.js'
import type { Finding } from '../diagnostics/problem.js'
import { checkArgument } from '../grammar/check-argument.js'
import { isFieldAnnotation } from '../grammar/field-annotations.js'
import { isStrategy, strategyWords } from '../grammar/strategies.js'
import type { PolicyDraft } from './builders.js'
import { checkFieldOption, type GivenFields } from './check-field-option.js'
import { toNode } from './draft-value.js'
import type { PolicyProblem } from './policy-error.js'
import type { ModelPolicy } from './policy-set.js'
import { resolvePolicy } from './resolve-policy.js'

export interface CheckedDraft {
  readonly policy: ModelPolicy
  /** What it says of fields; the rest stays as the schema has it. */
  readonly fields: GivenFields
  readonly problems: readonly PolicyProblem[]
  /** Arguments of which nobody knows what was meant. */
  readonly unsure: readonly string[]
}

/** Checks a draft by the same table that checks an annotation. */
export function checkDraft(model: string, draft: PolicyDraft): CheckedDraft {
  const strategy: unknown = draft?.strategy
  if (typeof strategy !== 'string' || !isStrategy(strategy)) {
    const next = didYouMean(String(strategy), strategyWords)
    return notAPolicy(model, 'not a policy; builders such as `writeThrough()` make one', next)
  }
  const given: unknown = draft.arguments
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    const message = `the arguments of \`${strategy}\` are ${given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given}, not an object`
    const next = `write \`${strategy}({ ttl: '5m' })\`, or \`${strategy}()\` for the defaults`
    return notAPolicy(model, message, next)
  }
  const values: Record<string, unknown> = {}
  const fields: Record<string, unknown> = {}
  const problems: PolicyProblem[] = []
  const unsure: string[] = []
  for (const [name, value] of Object.entries<unknown>(given as Record<string, unknown>)) {
    if (value === undefined) continue
    const target = isFieldAnnotation(name) ? fields : values
    const checked = isFieldAnnotation(name)
      ? checkFieldOption(name, value)
      : checkArgument(strategy, name, toNode(value))
    if (checked.ok) target[name] = checked.value
    else {
      unsure.push(name)
      if (checked.rest !== undefined) target[name] = checked.rest
      problems.push(...checked.mistakes.map(({ finding }) => toProblem(`${model}.${name}`, finding)))
    }
  }
  return { policy: resolvePolicy(strategy, values), fields, problems, unsure }
}

function notAPolicy(path: string, message: string, next: string): CheckedDraft {
  return { policy: { strategy: 'none' }, fields: {}, problems: [{ code: 'PC2103', path, message, next }], unsure: [] }
}

function toProblem(path: string, { code, message, label }: Finding): PolicyProblem {
  return { code, path, message, next: label }
}
