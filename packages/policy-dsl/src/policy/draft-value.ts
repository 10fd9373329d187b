import type { ValueNode } from '../syntax/annotation.js'
import { parseLoneValue } from '../syntax/parse-value.js'

/** The value as an annotation would write it; what an annotation cannot write is kept as a word that fits nowhere. */
export function toNode(value: unknown): ValueNode {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const span = { start: 0, end: text.length }
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toNode), span }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined)
    return {
      kind: 'object',
      entries: entries.map(([name, part]) => ({ name: { text: name, span }, value: toNode(part) })),
      span,
    }
  }
  return parseLoneValue(text) ?? { kind: 'word', text, span }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
