import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, refuse } from './arg-type.js'

/** `name(value)`; the value is that of its one argument. */
export function callOf<T>(name: string, argument: ArgType<T>, sample: string): ArgType<T> {
  const example = `${name}(${sample})`
  return {
    kind: 'call',
    label: `\`${example}\``,
    words: [name, ...argument.words],
    parse(value, _argument) {
      const [inner, ...more] = value.kind === 'call' ? value.arguments : []
      if (value.kind !== 'call' || value.name.text !== name || inner === undefined || more.length > 0) {
        const message = `\`${printValue(value)}\` needs one value in parentheses`
        return refuse({ code: 'PC2106', message, label: `write \`${example}\`` })
      }
      const parsed = argument.parse(inner, name)
      return parsed.ok ? parsed : refuse(parsed.finding, parsed.at ?? inner)
    },
    print: (value) => ({ kind: 'call', name: { text: name }, arguments: [argument.print(value)] }),
  }
}
