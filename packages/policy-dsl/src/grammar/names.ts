import { printValue } from '../syntax/print-annotation.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import { type ArgType, accept, type Refusal, refuse, refuseAll } from './arg-type.js'

/**
 * A list of names of the schema, such as `[ownerId, email]`; that they exist is a rule of the whole schema. The
 * TypeScript twin gives them as strings.
 */
export function names({ of, example }: { readonly of: string; readonly example: string }): ArgType<readonly string[]> {
  return {
    kind: 'names',
    label: `a list of ${of} such as \`${example}\``,
    words: [],
    parse(value, argument) {
      if (value.kind !== 'list') {
        const single = value.kind === 'word' || value.kind === 'string'
        const label =
          single && withoutQuotes(value.text) !== ''
            ? `write \`[${example.includes("'") ? `'${withoutQuotes(value.text)}'` : withoutQuotes(value.text)}]\``
            : `expected ${this.label}`
        return refuse({ code: 'PC2106', message: `\`${argument}\` must be ${this.label}`, label })
      }
      const found: string[] = []
      const refusals: Refusal[] = []
      for (const at of value.items) {
        const name = at.kind === 'word' || at.kind === 'string' ? withoutQuotes(at.text) : ''
        if (!/^[A-Za-z]\w*$/.test(name)) {
          const message = `\`${printValue(at)}\` is not a name`
          refusals.push({ finding: { code: 'PC2106', message, label: `expected ${this.label}` }, at })
        } else if (found.includes(name)) {
          const message = `\`${name}\` stands twice in \`${argument}\``
          refusals.push({ finding: { code: 'PC2107', message, label: 'remove one of the two' }, at })
        } else found.push(name)
      }
      return refuseAll<readonly string[]>(refusals, found) ?? accept(found)
    },
    print: (value) => ({ kind: 'list', items: value.map((text) => ({ kind: 'word' as const, text })) }),
  }
}
