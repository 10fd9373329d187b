import type { ValueNode } from '../syntax/annotation.js'
import { parseLoneValue } from '../syntax/parse-value.js'

/** The value as an annotation would write it; what an annotation cannot write is kept as a word that fits nowhere. */
export function toNode(value: unknown, around: readonly unknown[] = []): ValueNode {
  const text = textOf(value)
  const span = { start: 0, end: text.length }
  if (around.includes(value)) return { kind: 'word', text: 'itself', span }
  const partOf = (part: unknown) => toNode(part, [...around, value])
  if (Array.isArray(value)) return { kind: 'list', items: value.map(partOf), span }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined)
    return {
      kind: 'object',
      entries: entries.map(([name, part]) => ({ name: { text: name, span }, value: partOf(part) })),
      span,
    }
  }
  return parseLoneValue(text) ?? { kind: 'word', text, span }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // JSON has neither a bigint nor a value that holds itself.
    return typeof value === 'bigint' ? `${value}n` : Object.prototype.toString.call(value)
  }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
