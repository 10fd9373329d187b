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
  const characters = [...source]
  const before = characters.slice(0, column - 1)
  const marked = characters.slice(column - 1, column - 1 + length)
  // Tabs are kept as tabs, so that the carets stand right however wide the terminal makes them.
  const indent = before.map((character) => (character === '\t' ? '\t' : ' '.repeat(displayWidth(character)))).join('')
  const carets = '^'.repeat(Math.max(1, displayWidth(marked.join(''))))
  const lines = [
    `${severity}[${code}]: ${message}`,
    `${gutter}--> ${file}:${line}:${column}`,
    `${gutter} |`,
    `${number} | ${source}`.trimEnd(),
    `${gutter} | ${indent}${carets} ${label}`.trimEnd(),
  ]
  if (help !== undefined) lines.push(`${gutter} = help: ${help}`)
  return lines.join('\n')
}

/** All of them, one blank line apart, and a last line that counts them; empty for none. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return ''
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((d) => d.severity === severity).length
  const summary = [plural(count('error'), 'error'), plural(count('warning'), 'warning')].filter(Boolean).join(', ')
  return [...diagnostics.map(formatDiagnostic), summary].join('\n\n')
}

function plural(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`
}
