import type { Check } from '../checks/check.js'

export function renderChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks
    .map(({ name, ok, numbers }) => `  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${numbers}`)
    .join('\n')
}
