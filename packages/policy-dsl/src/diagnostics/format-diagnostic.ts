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
  // Tabs are kept as tabs, so that the carets stand right however wide the terminal makes them.
  const indent = before.map((character) => (character === '\t' ? '\t' : ' '.repeat(displayWidth(character)))).join('')
  const carets = '^'.repeat(Math.max(1, displayWidth(marked.join(''))))
  const lines = [
    `${severity}[${code}]: ${message}`,
    `${gutter}--> ${file}:${line}:${column}`,
    `${gutter} |`,
    `${number} | ${[...before, ...marked, ...after].join('')}`.trimEnd(),
    `${gutter} | ${indent}${carets} ${label}`.trimEnd(),
  ]
  if (help !== undefined) lines.push(`${gutter} = help: ${help}`)
  return lines.join('\n')
}

/** A line that is longer than this is shown around its mistake: the caret must stand under it on a terminal. */
const LONGEST = 160
const BEFORE = 60
const AFTER = 60

interface Window {
  readonly before: readonly string[]
  readonly marked: readonly string[]
  readonly after: readonly string[]
}

function windowOf(source: string, column: number, length: number): Window {
  const characters = [...source]
  const start = column - 1
  const end = start + length
  const whole = {
    before: characters.slice(0, start),
    marked: characters.slice(start, end),
    after: characters.slice(end),
  }
  if (characters.length <= LONGEST) return whole
  const { before, marked, after } = whole
  return {
    before: before.length > BEFORE ? ['…', ...before.slice(-BEFORE)] : before,
    marked: marked.length > AFTER ? [...marked.slice(0, AFTER), '…'] : marked,
    after: after.length > AFTER ? [...after.slice(0, AFTER), '…'] : after,
  }
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
