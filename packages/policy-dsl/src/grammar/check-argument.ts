import { listWords, nearest } from '../diagnostics/nearest.js'
import type { Finding } from '../diagnostics/problem.js'
import type { ValueNode } from '../syntax/annotation.js'
import { parseLoneValue } from '../syntax/parse-value.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import type { ArgType } from './arg-type.js'
import { argumentsNotAvailable, notAvailable } from './not-available.js'
import { argumentsOf, type StrategyWord, strategiesWith } from './strategies.js'

export type CheckedArgument =
  | { readonly ok: true; readonly value: unknown }
  /** `rest`: the part of the value that is right, which rules of the whole schema look at all the same. */
  | { readonly ok: false; readonly mistakes: readonly Mistake[]; readonly rest?: unknown }

export interface Mistake {
  readonly about: 'name' | 'value'
  readonly finding: Finding
  /** The part of the value that is wrong, where it is not all of it. */
  readonly at?: ValueNode
}

/** Checks one argument, wherever it was written: both roads into the language share this. */
export function checkArgument(strategy: StrategyWord, name: string, value: ValueNode): CheckedArgument {
  const rows = argumentsOf(strategy)
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined
  if (row === undefined) return mistake({ about: 'name', finding: explainName(strategy, name) })
  if (argumentsNotAvailable.includes(name)) return mistake({ about: 'name', finding: notAvailable(name) })
  const parsed = row.type.parse(value, name)
  if (parsed.ok) {
    const words = `${name}: ${String(parsed.value)}`
    if (!argumentsNotAvailable.includes(words)) return parsed
    const finding = notAvailable(words, 'leave it out, or give another value')
    return mistake({ about: 'value', finding })
  }
  const label = suggestBare(row.type, name, value)
  if (label !== undefined) return mistake({ about: 'value', finding: { ...parsed.finding, label } })
  const mistakes = [parsed, ...(parsed.more ?? [])].map(({ finding, at }): Mistake => {
    return { about: 'value', finding, ...(at === undefined ? {} : { at }) }
  })
  return { ok: false, mistakes, ...(parsed.rest === undefined ? {} : { rest: parsed.rest }) }
}

const mistake = (...mistakes: Mistake[]): CheckedArgument => ({ ok: false, mistakes })

/** A value in quotes is nearly always the value itself. */
function suggestBare<T>(type: ArgType<T>, name: string, value: ValueNode): string | undefined {
  if (value.kind !== 'string') return undefined
  const text = withoutQuotes(value.text)
  const node = parseLoneValue(text)
  return node && type.parse(node, name).ok ? `write \`${text}\` without quotes` : undefined
}

function explainName(strategy: StrategyWord, name: string): Finding {
  const words = Object.keys(argumentsOf(strategy))
  const elsewhere = strategiesWith(name)
  if (elsewhere.length > 0) {
    const label = words.length === 0 ? `\`${strategy}\` takes no arguments` : `only ${listWords(elsewhere)} takes it`
    return { code: 'PC2105', message: `\`${strategy}\` has no argument \`${name}\``, label }
  }
  return { code: 'PC2104', message: `unknown argument \`${name}\``, label: suggestName(strategy, name, words) }
}

function suggestName(strategy: StrategyWord, name: string, words: readonly string[]): string {
  if (words.length === 0) return `\`${strategy}\` takes no arguments`
  const near = nearest(name, words)
  // Of all words only those are listed that this version takes.
  const available = words.filter((word) => !argumentsNotAvailable.includes(word))
  return near === undefined ? `expected ${listWords(available)}` : `did you mean \`${near}\`?`
}
