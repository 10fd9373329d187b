import type { Finding } from '../diagnostics/problem.js'
import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, refuse } from './arg-type.js'

/** The type, but for words that a reader could rightly expect here and deserves a reason for. */
export function refusing<T>(type: ArgType<T>, refused: Readonly<Record<string, Finding>>): ArgType<T> {
  return {
    ...type,
    parse(value, argument) {
      const text = printValue(value)
      const finding = Object.hasOwn(refused, text) ? refused[text] : undefined
      return finding ? refuse(finding) : type.parse(value, argument)
    },
  }
}
