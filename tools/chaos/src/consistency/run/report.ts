import { describeViolation } from '../history/print.js'
import type { RunResult } from './run.js'

export function describeRun(seed: number, { calls, counts, faults, exceptions, seconds }: RunResult): string {
  const sum = Object.values(calls).reduce((a, b) => a + b, 0)
  return [
    `seed ${seed}: ${sum} operations in ${seconds.toFixed(0)} s (${listed(calls)}; ${counts.writes ?? 0} of them writes)`,
    `  faults: ${listed(faults) || 'none'}`,
    `  allowed: ${listed(exceptions)}`,
  ].join('\n')
}

/** Undefined: all went well. */
export function describeFailure(seed: number, { violations, broken }: RunResult): string | undefined {
  if (violations.length === 0 && broken.length === 0) return undefined
  const more = violations.length > 3 ? [`and ${violations.length - 3} more`] : []
  return [
    `\nVIOLATION, seed ${seed} (again: pnpm chaos --only consistency --seed ${seed} --runs 1)`,
    ...violations.slice(0, 3).map(describeViolation),
    ...more,
    ...broken.slice(0, 3),
  ].join('\n')
}

export function listed(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')
}
