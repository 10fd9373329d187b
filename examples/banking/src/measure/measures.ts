import type { StatementCounts } from '../db/statement-counter.js'
import type { Latencies } from './latency.js'

/** What one process has measured since it was last reset. */
export interface Measures {
  readonly latencies: Latencies
  readonly statements: StatementCounts
  /** Reads that the cache answered, by model; empty on the plain client. */
  readonly hits: Readonly<Record<string, number>>
}
