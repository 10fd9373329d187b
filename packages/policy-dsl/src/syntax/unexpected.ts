import type { Problem } from '../diagnostics/problem.js'
import type { Token } from './token-reader.js'

export function unexpected({ kind, text, start, end }: Token, expected: string, label: string): Problem {
  const found = kind === 'end' ? 'the end' : `\`${text}\``
  return { code: 'PC2102', span: { start, end }, message: `expected ${expected}, found ${found}`, label }
}
