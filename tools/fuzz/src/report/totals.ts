import { addCounts, bypassed, noCounts } from '../perform/counts.js'
import type { RunResult } from '../perform/run-log.js'

/** What all runs together did, as lines for a person. */
export function createTotals() {
  const counts = noCounts()
  let operations = 0
  let reads = 0
  return {
    add(result: RunResult): void {
      operations += result.operations
      reads += result.reads
      addCounts(counts, result.counts)
    },
    lines(): string[] {
      const answered = counts.hits + counts.misses + bypassed(counts)
      const ratio = answered === 0 ? 0 : (100 * counts.hits) / answered
      return [
        `${operations} operations, ${reads} reads compared`,
        `${counts.hits} hits of ${answered} reads of the cached clients (${ratio.toFixed(1)} %; ${counts.nearHits} from near copies), ${counts.misses} misses, ${bypassed(counts)} bypasses${reasons(counts.bypasses)}`,
        `${counts.accepts} writes accepted, ${total(counts.direct)} direct${reasons(counts.direct)}`,
        `${counts.puts} puts, ${counts.conflicts} conflicts`,
      ]
    },
    hitRatio: () => counts.hits / Math.max(1, counts.hits + counts.misses + bypassed(counts)),
  }
}

const total = (by: Record<string, number>) => Object.values(by).reduce((sum, n) => sum + n, 0)

function reasons(by: Record<string, number>): string {
  const sorted = Object.entries(by).sort(([, a], [, b]) => b - a)
  return sorted.length === 0 ? '' : ` (${sorted.map(([reason, n]) => `${reason} ${n}`).join(', ')})`
}
