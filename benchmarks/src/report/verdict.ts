import type { Ratio, Target } from '../cases/bench-case.js'

export type Verdict = 'met' | 'missed' | 'no target'

export function verdict({ value, target }: Ratio): Verdict {
  if (!target) return 'no target'
  return reaches(value.median, target) ? 'met' : 'missed'
}

export function reaches(value: number, target: Target): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

export const targetText = (target: Target): string =>
  'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
