import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, accept, refuse } from './arg-type.js'

/** Whole numbers from `min` to `max`. */
export function integer({ min, max }: { readonly min: number; readonly max: number }): ArgType<number> {
  return {
    kind: 'integer',
    label: `a whole number from ${min} to ${max}`,
    words: [],
    parse(value, argument) {
      const text = printValue(value)
      if (!/^[+-]?\d+$/.test(text)) {
        const message = `\`${argument}\` must be a whole number`
        return refuse({ code: 'PC2106', message, label: `expected ${this.label}` })
      }
      const result = Number(text)
      if (result < min || result > max) {
        const message = `\`${argument}\` must be between ${min} and ${max}`
        return refuse({ code: 'PC2111', message, label: `\`${text}\` is too ${result < min ? 'small' : 'large'}` })
      }
      return accept(result)
    },
    print: (value) => ({ kind: 'number', text: String(value) }),
  }
}
