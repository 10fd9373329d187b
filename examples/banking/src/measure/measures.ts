import type { ReadCounts } from '../db/database.js'
import type { StatementCounts } from '../db/statement-counter.js'
import type { Latencies } from './latency.js'

/** What one process has measured since it was last reset. */
export interface Measures {
  readonly latencies: Latencies
  readonly statements: StatementCounts
  readonly reads: Readonly<Record<string, ReadCounts>>
}
