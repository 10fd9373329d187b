import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, accept } from './arg-type.js'

/** The values of a type, or the word `auto`. */
export function orAuto<T>(type: ArgType<T>): ArgType<T | 'auto'> {
  return {
    kind: type.kind,
    label: `${type.label}, or \`auto\``,
    words: [...type.words, 'auto'],
    parse: (value, argument) => (printValue(value) === 'auto' ? accept('auto') : type.parse(value, argument)),
    print: (value) => (value === 'auto' ? { kind: 'word', text: 'auto' } : type.print(value)),
  }
}
