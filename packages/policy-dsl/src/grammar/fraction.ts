import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, accept, refuse } from './arg-type.js'

/** Part of a whole, from `min` to `max`, such as `0.8`. */
export function fraction({ min, max }: { readonly min: number; readonly max: number }): ArgType<number> {
  return {
    kind: 'fraction',
    label: `a number from ${min} to ${max}`,
    words: [],
    parse(value, argument) {
      const text = printValue(value)
      if (!/^[+-]?\d+(\.\d+)?$/.test(text)) {
        const message = `\`${argument}\` must be a number such as \`0.8\``
        const label = /^\.\d+$/.test(text) ? `write \`0${text}\`` : `expected ${this.label}`
        return refuse({ code: 'PC2106', message, label })
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
