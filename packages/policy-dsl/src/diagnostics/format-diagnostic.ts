import type { Diagnostic } from './diagnostic.js'
import { displayWidth } from './display-width.js'

/**
 * The diagnostic as a person reads it.
 *
 * @example
 * error[PC2103]: unknown strategy `writeThru`
 *   --> prisma/schema/bank.prisma:14:12
 *    |
 * 14 | /// @cache.writeThru(ttl: 1h)
 *    |            ^^^^^^^^^ did you mean `writeThrough`?
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, code, message, file, line, column, length, source, label, help } = diagnostic
  const number = String(line)
  const gutter = ' '.repeat(number.length)
  const { before, marked, after } = windowOf(source, column, length)
  const lines = [
    `${severity}[${code}]: ${message}`,
    `${gutter}--> ${file}:${line}:${column}`,
    `${gutter} |`,
    `${number} | ${before}${marked}${after}`.trimEnd(),
    `${gutter} | ${underlined(before, ' ')}${underlined(marked, '^') || '^'} ${label}`.trimEnd(),
  ]
  if (help !== undefined) lines.push(`${gutter} = help: ${help}`)
  return lines.join('\n')
}

/** A line that is longer than this is shown around its mistake: the caret must stand under it on a terminal. */
const LONGEST = 160
const BEFORE = 60
const AFTER = 60

interface Window {
  readonly before: string
  readonly marked: string
  readonly after: string
}

function windowOf(source: string, column: number, length: number): Window {
  const start = column - 1
  const before = source.slice(0, start)
  const marked = source.slice(start, start + length)
  const after = source.slice(start + length)
  if (source.length <= LONGEST) return { before, marked, after }
  return {
    before: before.length > BEFORE ? `…${whole(before.slice(-BEFORE))}` : before,
    marked: marked.length > AFTER ? `${whole(marked.slice(0, AFTER))}…` : marked,
    after: after.length > AFTER ? `${whole(after.slice(0, AFTER))}…` : after,
  }
}

/** Without the half of a character that a cut has left at an end. */
function whole(part: string): string {
  return part.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
}

/** As wide as the text; its tabs stay tabs, so that what is below stands right however wide the terminal makes them. */
function underlined(text: string, mark: string): string {
  return text
    .split('\t')
    .map((part) => mark.repeat(displayWidth(part)))
    .join('\t')
}

/** More than anybody reads at once. */
const MOST = 200

/**
 * All of them, up to a number that a person could still read, one blank line apart, and a last line that counts them;
 * empty for none.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return ''
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((d) => d.severity === severity).length
  const summary = [plural(count('error'), 'error'), plural(count('warning'), 'warning')].filter(Boolean).join(', ')
  const left = diagnostics.length - MOST
  const more = left > 0 ? [`… and ${left} more`] : []
  return [...diagnostics.slice(0, MOST).map(formatDiagnostic), ...more, summary].join('\n\n')
}

function plural(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`
}
