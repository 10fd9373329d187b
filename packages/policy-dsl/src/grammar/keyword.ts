import { didYouMean, listWords } from '../diagnostics/nearest.js'
import { printValue } from '../syntax/print-annotation.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import { type ArgType, accept, refuse } from './arg-type.js'

/** One of some words; the value is the word. */
export function keyword<const W extends string>(words: readonly W[]): ArgType<W> {
  return {
    kind: 'keyword',
    label: listWords(words),
    words,
    parse(value, argument) {
      const text = printValue(value)
      const found = words.find((word) => word === text)
      if (found !== undefined) return accept(found)
      const label = didYouMean(withoutQuotes(text), words)
      return refuse({ code: 'PC2106', message: `\`${text}\` is not a value of \`${argument}\``, label })
    },
    print: (value) => ({ kind: 'word', text: value }),
  }
}
