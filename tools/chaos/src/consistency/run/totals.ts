import { listed } from './report.js'
import { addTo, type RunResult } from './run.js'

/** Sums over runs. */
export function createTotals() {
  const [calls, faults, exceptions, counts] = [{}, {}, {}, {}] as Record<string, number>[]
  let seconds = 0
  let runs = 0
  return {
    add(result: RunResult): void {
      runs++
      seconds += result.seconds
      addTo(calls!, result.calls)
      addTo(faults!, result.faults)
      addTo(exceptions!, { ...result.exceptions })
      addTo(counts!, result.counts)
    },
    lines(): readonly string[] {
      const sum = Object.values(calls!).reduce((a, b) => a + b, 0)
      return [
        `${runs} runs, ${sum} operations in ${seconds.toFixed(0)} s (${Math.round(sum / seconds)} a second): ${listed(calls!)}`,
        `faults: ${listed(faults!)}`,
        `allowed: ${listed(exceptions!)}`,
        `events: ${listed(counts!)}`,
      ]
    },
  }
}
