import type { CaseResult } from '../cases/bench-case.js'

/** A run: what it was on, and what it found. The shape of `results/latest.json`. */
export interface Results {
  /** One line each: machine, versions, servers. */
  readonly machine: readonly string[]
  readonly quick: boolean
  readonly rounds: number
  readonly cases: readonly ({ readonly row: string; readonly name: string } & CaseResult)[]
  /** What a peer was seen to answer otherwise than Postgres, in this run. */
  readonly faults: readonly string[]
}
