import { didYouMean } from '../diagnostics/nearest.js'
import { printValue } from '../syntax/print-annotation.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import { type ArgType, accept, refuse } from './arg-type.js'
import { callOf } from './call-of.js'
import { integer } from './integer.js'
import { keyword } from './keyword.js'

export type DurabilityValue =
  | { readonly kind: 'memory' }
  | { readonly kind: 'fsync' }
  | { readonly kind: 'replicated'; readonly replicas: number }

export const maxReplicas = 100

const local = keyword(['memory', 'fsync'])
const replicated = callOf('replicated', integer({ min: 1, max: maxReplicas }), '1')

/** `memory`, `fsync` or `replicated(n)`. */
export const durability: ArgType<DurabilityValue> = {
  kind: 'durability',
  label: '`memory`, `fsync` or `replicated(n)`',
  words: [...local.words, ...replicated.words],
  parse(value, argument) {
    const name = value.kind === 'call' ? value.name.text : printValue(value)
    if (name === 'replicated') {
      const parsed = replicated.parse(value, argument)
      return parsed.ok ? accept({ kind: 'replicated', replicas: parsed.value }) : refuse(parsed.finding, parsed.at)
    }
    const parsed = local.parse(value, argument)
    if (parsed.ok) return accept({ kind: parsed.value })
    if (local.words.includes(name)) {
      return refuse({ ...parsed.finding, label: `write \`${name}\` without parentheses` })
    }
    // The suggestion looks at all words, not only at those of one branch.
    return refuse({ ...parsed.finding, label: didYouMean(withoutQuotes(name), this.words) })
  },
  print: (value) => (value.kind === 'replicated' ? replicated.print(value.replicas) : local.print(value.kind)),
}
