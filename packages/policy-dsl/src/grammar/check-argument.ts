import { didYouMean, listWords } from '../diagnostics/nearest.js'
import type { Finding } from '../diagnostics/problem.js'
import type { ValueNode } from '../syntax/annotation.js'
import { argumentsNotAvailable, notAvailable } from './not-available.js'
import { argumentsOf, type StrategyWord, strategiesWith } from './strategies.js'

export type CheckedArgument =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly about: 'name' | 'value'
      readonly finding: Finding
      /** The part of the value that is wrong, where it is not all of it. */
      readonly at?: ValueNode
    }

/** Checks one argument, wherever it was written: both roads into the language share this. */
export function checkArgument(strategy: StrategyWord, name: string, value: ValueNode): CheckedArgument {
  const rows = argumentsOf(strategy)
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined
  if (row === undefined) return { ok: false, about: 'name', finding: explainName(strategy, name) }
  if (argumentsNotAvailable.includes(name)) return { ok: false, about: 'name', finding: notAvailable(name) }
  const parsed = row.type.parse(value, name)
  if (parsed.ok && argumentsNotAvailable.includes(`${name}: ${String(parsed.value)}`)) {
    const finding = notAvailable(`${name}: ${String(parsed.value)}`, 'give another value')
    return { ok: false, about: 'value', finding }
  }
  return parsed.ok ? parsed : { ...parsed, about: 'value' }
}

function explainName(strategy: StrategyWord, name: string): Finding {
  const words = Object.keys(argumentsOf(strategy))
  const elsewhere = strategiesWith(name)
  if (elsewhere.length > 0) {
    const label = words.length === 0 ? `\`${strategy}\` takes no arguments` : `only ${listWords(elsewhere)} takes it`
    return { code: 'PC2105', message: `\`${strategy}\` has no argument \`${name}\``, label }
  }
  const label = words.length === 0 ? `\`${strategy}\` takes no arguments` : didYouMean(name, words)
  return { code: 'PC2104', message: `unknown argument \`${name}\``, label }
}
