import { didYouMean } from '../diagnostics/nearest.js'
import { checkArgument } from '../grammar/check-argument.js'
import { isStrategy, strategyWords } from '../grammar/strategies.js'
import type { ValueNode } from '../syntax/annotation.js'
import { parseLoneValue } from '../syntax/parse-value.js'
import type { PolicyDraft } from './builders.js'
import type { PolicyProblem } from './policy-error.js'
import type { ModelPolicy } from './policy-set.js'
import { resolvePolicy } from './resolve-policy.js'

export interface CheckedDraft {
  readonly policy: ModelPolicy
  readonly problems: readonly PolicyProblem[]
}

/** Checks a draft by the same table that checks an annotation. */
export function checkDraft(model: string, draft: PolicyDraft): CheckedDraft {
  const strategy: unknown = draft?.strategy
  if (typeof strategy !== 'string' || !isStrategy(strategy)) {
    const next = didYouMean(String(strategy), strategyWords)
    const message = 'not a policy; builders such as `writeThrough()` make one'
    return { policy: { strategy: 'none' }, problems: [{ code: 'PC2103', path: model, message, next }] }
  }
  const values: Record<string, unknown> = {}
  const problems: PolicyProblem[] = []
  for (const [name, value] of Object.entries(draft.arguments ?? {})) {
    if (value === undefined) continue
    const checked = checkArgument(strategy, name, toNode(value))
    if (checked.ok) values[name] = checked.value
    else {
      problems.push(
        ...checked.mistakes.map(({ finding: { code, message, label } }) => {
          return { code, path: `${model}.${name}`, message, next: label }
        }),
      )
    }
  }
  return { policy: resolvePolicy(strategy, values), problems }
}

/** The value as an annotation would write it; what an annotation cannot write is kept as a word that fits nowhere. */
function toNode(value: unknown): ValueNode {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const span = { start: 0, end: text.length }
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toNode), span }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined)
    return {
      kind: 'object',
      entries: entries.map(([name, part]) => ({ name: { text: name, span }, value: toNode(part) })),
      span,
    }
  }
  return parseLoneValue(text) ?? { kind: 'word', text, span }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
