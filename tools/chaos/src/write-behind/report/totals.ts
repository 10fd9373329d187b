import type { RunResult } from '../run/run-plan.js'

const HOW = { kill: 'killed', cut: 'cut off', stop: 'stands still' } as const

/** What many runs come to. */
export interface Totals {
  add(result: RunResult): void
  /** Faults that struck so far. */
  struck(): number
  lines(): string[]
}

export function createTotals(): Totals {
  const where = new Map<string, number>()
  let [runs, struck, missed, acknowledged, failed, unknown, rejected, late] = [0, 0, 0, 0, 0, 0, 0, 0]
  return {
    add(result) {
      runs++
      for (const one of result.struck) {
        if (!one.struck) {
          missed++
          continue
        }
        struck++
        const { victim, how, at } = one.fault
        const name = `${victim} ${HOW[how]} ${at ? `at ${at.point}` : 'at any time'}`
        where.set(name, (where.get(name) ?? 0) + 1)
      }
      acknowledged += result.writes.acknowledged
      failed += result.writes.failed
      unknown += result.writes.unknown
      rejected += result.rejected
      late += result.lateAnswers
    },
    struck: () => struck,
    lines: () => [
      `${runs} runs; ${struck} faults struck, ${missed} points were not reached`,
      `${acknowledged} acknowledged writes checked, ${failed} that failed, ${unknown} of unknown fate; ${rejected} rejected and reported`,
      `${late} rows whose writes were answered with a later state of them`,
      ...[...where]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, times]) => `  ${String(times).padStart(5)} ${name}`),
    ],
  }
}
