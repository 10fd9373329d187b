import type { Spread } from '../measure/spread.js'
import type { Stage } from '../stage/stage.js'

export interface Effort {
  readonly quick: boolean
  readonly rounds: number
}

/** What is to be reached: so many times faster, or at the most so many times the cost. */
export type Target = { readonly atLeast: number } | { readonly atMost: number }

export interface Ratio {
  /** Names the ratio in the floors, so it must not change with a run. */
  readonly what: string
  readonly value: Spread
  /** Left out where nothing was promised: told all the same. */
  readonly target?: Target
}

/** How something grows: a figure of each series at each place. */
export interface Curve {
  /** What the places are, as `bytes of the row`. */
  readonly along: string
  readonly at: readonly number[]
  /** As many as there are places. */
  readonly series: Readonly<Record<string, readonly Spread[]>>
}

export interface CaseResult {
  /** `µs`, `bytes`, `queries`, … */
  readonly unit: string
  readonly lanes: Readonly<Record<string, Spread>>
  readonly ratios: readonly Ratio[]
  /** Of a case that asks how something grows; it has no lanes then. */
  readonly curve?: Curve
  /** What the figures do not say of themselves, one line each. */
  readonly notes?: readonly string[]
}

/** One row of the table of docs/performance.md. */
export interface BenchCase {
  /** `P1` to `P14`, or another word for what has no target. */
  readonly row: string
  readonly name: string
  measure(stage: Stage, effort: Effort): Promise<CaseResult>
}
