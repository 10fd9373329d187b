import { didYouMean, listWords } from '../diagnostics/nearest.js'
import type { ArgumentNode, ValueNode } from '../syntax/annotation.js'
import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, accept, type Refusal, refuse, refuseAll } from './arg-type.js'
import { type DurationText, duration, milliseconds } from './duration.js'
import { integer } from './integer.js'
import { keyword } from './keyword.js'

export type NearValue =
  | { readonly kind: 'off' }
  /** At most `max` entries of the model in a process, each served for `ttlMs` at most. */
  | { readonly kind: 'on'; readonly max: number; readonly ttlMs: number }

export const nearLimits = { max: 10_000_000, ttl: '1h' } as const satisfies { max: number; ttl: DurationText }
const defaults = { max: 10_000, ttlMs: milliseconds('30s')! }

const switches = keyword(['off', 'on'])
const entries = {
  max: integer({ min: 1, max: nearLimits.max }),
  ttl: duration({ max: nearLimits.ttl }),
} as const
const words = Object.keys(entries)

/** `off`, `on` or `{ max: 10000, ttl: 30s }`. */
export const near: ArgType<NearValue> = {
  kind: 'near',
  label: '`off`, `on` or `{ max: 10000, ttl: 30s }`',
  words: [...switches.words, ...words],
  parse(value, argument) {
    if (value.kind !== 'object') {
      const parsed = switches.parse(value, argument)
      if (!parsed.ok) return refuse({ ...parsed.finding, label: `expected ${this.label}` })
      return accept(parsed.value === 'off' ? { kind: 'off' } : { kind: 'on', ...defaults })
    }
    const given: { max?: number; ttl?: number } = {}
    const refusals: Refusal[] = []
    for (const entry of value.entries) {
      const read = readEntry(argument, entry, given)
      if ('finding' in read) refusals.push(read)
      else Object.assign(given, read)
    }
    const refused = refuseAll(refusals)
    if (refused) return refused
    if (Object.keys(given).length === 0) {
      const message = `\`${printValue(value)}\` says nothing`
      return refuse({ code: 'PC2106', message, label: `write \`on\`, or ${listWords(words)} in the braces` })
    }
    return accept({ kind: 'on', max: given.max ?? defaults.max, ttlMs: given.ttl ?? defaults.ttlMs })
  },
  print(value) {
    if (value.kind === 'off') return switches.print('off')
    if (value.max === defaults.max && value.ttlMs === defaults.ttlMs) return switches.print('on')
    return {
      kind: 'object',
      entries: [
        { name: { text: 'max' }, value: entries.max.print(value.max) },
        { name: { text: 'ttl' }, value: entries.ttl.print(value.ttlMs) },
      ],
    }
  },
}

function readEntry(
  argument: string,
  { name, value }: ArgumentNode,
  given: object,
): Refusal | { readonly max?: number; readonly ttl?: number } {
  const at: ValueNode = { kind: 'word', ...name }
  if (name.text !== 'max' && name.text !== 'ttl') {
    const message = `\`${argument}\` has no entry \`${name.text}\``
    return { finding: { code: 'PC2104', message, label: didYouMean(name.text, words) }, at }
  }
  if (Object.hasOwn(given, name.text)) {
    const message = `\`${name.text}\` is given twice`
    return { finding: { code: 'PC2107', message, label: 'remove one of the two' }, at }
  }
  const parsed = entries[name.text].parse(value, `${argument}.${name.text}`)
  return parsed.ok ? { [name.text]: parsed.value } : { finding: parsed.finding, at: parsed.at ?? value }
}
