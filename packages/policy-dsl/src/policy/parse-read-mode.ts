import { readMode } from '../grammar/read-mode.js'
import { parseLoneValue } from '../syntax/parse-value.js'
import type { ReadMode } from './policy-set.js'

export type ParsedReadMode =
  | { readonly ok: true; readonly value: ReadMode }
  | { readonly ok: false; readonly message: string; readonly next: string }

/** The value of `read` as a program writes it for one call: `'refreshAhead(0.8)'`. */
export function parseReadMode(value: unknown): ParsedReadMode {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const parsed = readMode.parse(
    parseLoneValue(text) ?? { kind: 'word', text, span: { start: 0, end: text.length } },
    'read',
  )
  if (parsed.ok) return parsed
  return { ok: false, message: parsed.finding.message, next: parsed.finding.label }
}
