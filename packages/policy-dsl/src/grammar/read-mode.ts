import { didYouMean } from '../diagnostics/nearest.js'
import { printValue } from '../syntax/print-annotation.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import { type ArgType, accept, refuse } from './arg-type.js'
import { callOf } from './call-of.js'
import type { DurationText } from './duration.js'
import { duration } from './duration.js'
import { fraction } from './fraction.js'
import { keyword } from './keyword.js'

export type ReadModeValue =
  | { readonly kind: 'readThrough' }
  | { readonly kind: 'refreshAhead'; readonly fraction: number }
  | { readonly kind: 'staleWhileRevalidate'; readonly windowMs: number }
  | { readonly kind: 'none' }

export const fractionLimits = { min: 0.1, max: 0.99 } as const
export const maxStaleWindow: DurationText = '7d'

const plain = keyword(['readThrough', 'none'])
const refreshAhead = callOf('refreshAhead', fraction(fractionLimits), '0.8')
const staleWhileRevalidate = callOf('staleWhileRevalidate', duration({ max: maxStaleWindow }), '30s')

/** `readThrough`, `refreshAhead(0.8)`, `staleWhileRevalidate(30s)` or `none`. */
export const readMode: ArgType<ReadModeValue> = {
  kind: 'read',
  label: '`readThrough`, `refreshAhead(0.8)`, `staleWhileRevalidate(30s)` or `none`',
  words: ['readThrough', 'refreshAhead', 'staleWhileRevalidate', 'none'],
  parse(value, argument) {
    const name = value.kind === 'call' ? value.name.text : printValue(value)
    if (name === 'refreshAhead') {
      const parsed = refreshAhead.parse(value, argument)
      return parsed.ok ? accept({ kind: 'refreshAhead', fraction: parsed.value }) : refuse(parsed.finding, parsed.at)
    }
    if (name === 'staleWhileRevalidate') {
      const parsed = staleWhileRevalidate.parse(value, argument)
      return parsed.ok
        ? accept({ kind: 'staleWhileRevalidate', windowMs: parsed.value })
        : refuse(parsed.finding, parsed.at)
    }
    const parsed = plain.parse(value, argument)
    if (parsed.ok) return accept({ kind: parsed.value })
    if (plain.words.includes(name)) {
      return refuse({ ...parsed.finding, label: `write \`${name}\` without parentheses` })
    }
    return refuse({ ...parsed.finding, label: didYouMean(withoutQuotes(name), this.words) })
  },
  print(value) {
    switch (value.kind) {
      case 'refreshAhead':
        return refreshAhead.print(value.fraction)
      case 'staleWhileRevalidate':
        return staleWhileRevalidate.print(value.windowMs)
      default:
        return plain.print(value.kind)
    }
  },
}
