import type { Target } from '../cases/bench-case.js'
import type { Results } from './results.js'
import { reaches, targetText } from './verdict.js'

/** Ratios that were met once, by what they measure: from then on they must hold. The shape of `floors.json`. */
export type Floors = Readonly<Record<string, Target>>

/** What fell below its floor, one line each. A floor whose case did not run says nothing. */
export function fallen(floors: Floors, { cases }: Results): readonly string[] {
  return cases
    .flatMap((one) => one.ratios)
    .flatMap(({ what, value }) => {
      const floor = floors[what]
      if (!floor || reaches(value.median, floor)) return []
      return [`${what}: ${value.median.toFixed(2)}, and it has to be ${targetText(floor)}`]
    })
}
