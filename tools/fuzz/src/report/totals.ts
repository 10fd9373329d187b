import { addCounts, bypassed, type Counts, noCounts } from '../perform/counts.js'
import type { RunResult } from '../perform/run-log.js'

interface Sum {
  operations: number
  reads: number
  atRest: number
  readonly counts: Counts
}

const nothing = (): Sum => ({ operations: 0, reads: 0, atRest: 0, counts: noCounts() })

/** What all runs together did, and those of each policy, as lines for a person. */
export function createTotals() {
  const all = nothing()
  const policies = new Map<string, Sum>()
  return {
    add(policy: string, result: RunResult): void {
      const own = policies.get(policy) ?? nothing()
      policies.set(policy, own)
      for (const sum of [all, own]) {
        for (const name of ['operations', 'reads', 'atRest'] as const) sum[name] += result[name]
        addCounts(sum.counts, result.counts)
      }
    },
    lines(): string[] {
      const { counts } = all
      return [
        `${'policy'.padEnd(14)}${COLUMNS.map((name) => name.padStart(12)).join('')}`,
        ...[...policies, ['all', all] as const].map(([name, sum]) => `${name.padEnd(14)}${rowOf(sum)}`),
        `${counts.nearHits} hits from near copies, ${counts.misses} misses, ${bypassed(counts)} bypasses${reasons(counts.bypasses)}`,
        `${counts.accepts} writes accepted, ${total(counts.direct)} direct${reasons(counts.direct)}`,
        `${counts.writes} writes; of all calls ${total(counts.errors)} refused${reasons(counts.errors)}`,
        `${counts.puts} puts, ${counts.conflicts} conflicts; ${counts.commands} commands to Redis`,
      ]
    },
    operations: () => all.operations,
    /** Hits by reads of the cached clients; what is asked at rest because it is a hit counts on neither side. */
    hitRatio: () => hitsOf(all) / Math.max(1, readsOf(all)),
  }
}

const COLUMNS = ['operations', 'compared', 'reads', 'hits', 'hit ratio', 'at rest']

function rowOf(sum: Sum): string {
  const ratio = `${((100 * hitsOf(sum)) / Math.max(1, readsOf(sum))).toFixed(1)} %`
  const cells = [sum.operations, sum.reads, readsOf(sum), hitsOf(sum), ratio, sum.atRest]
  return cells.map((cell) => String(cell).padStart(12)).join('')
}

const hitsOf = ({ counts, atRest }: Sum) => counts.hits - atRest
const readsOf = (sum: Sum) => hitsOf(sum) + sum.counts.misses + bypassed(sum.counts)

const total = (by: Record<string, number>) => Object.values(by).reduce((sum, n) => sum + n, 0)

function reasons(by: Record<string, number>): string {
  const sorted = Object.entries(by).sort(([, a], [, b]) => b - a)
  return sorted.length === 0 ? '' : ` (${sorted.map(([reason, n]) => `${reason} ${n}`).join(', ')})`
}
