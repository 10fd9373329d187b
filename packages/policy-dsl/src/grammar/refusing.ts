import type { Finding } from '../diagnostics/problem.js'
import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, refuse } from './arg-type.js'

/** `rest`: what was meant, so that what else is wrong beside it is told at once. */
interface RefusedWord extends Finding {
  readonly rest?: unknown
}

/** The type, but for words that a reader could rightly expect here and deserves a reason for. */
export function refusing<T>(type: ArgType<T>, refused: Readonly<Record<string, RefusedWord>>): ArgType<T> {
  return {
    ...type,
    parse(value, argument) {
      const text = printValue(value)
      const word = Object.hasOwn(refused, text) ? refused[text] : undefined
      if (word === undefined) return type.parse(value, argument)
      const { rest, ...finding } = word
      return rest === undefined ? refuse(finding) : { ok: false, finding, rest: rest as T }
    },
  }
}
