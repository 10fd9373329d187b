import type { Sample } from './sample.js'

export interface Growth {
  readonly of: 'heap' | 'redis'
  /** The last quarter beside the second: the first is warming up. 1 is flat. */
  readonly factor: number
  readonly flat: boolean
}

/** A cache that is warm holds what it holds: so much more is noise of the collector and of what is under way. */
const NOISE = 1.1
const NOISE_BYTES = 4 * 2 ** 20

/** Does memory go on growing after a warm-up? The resident set is told, not judged: V8 gives back when it likes. */
export function growthOf(samples: readonly Sample[]): readonly Growth[] {
  const quarter = Math.floor(samples.length / 4)
  if (quarter === 0) throw new Error(`${samples.length} samples tell nothing of growth; four at least are needed`)
  return (['heap', 'redis'] as const).map((of) => {
    const middle = (part: readonly Sample[]) => part.map((one) => one[of]).sort((a, b) => a - b)[part.length >> 1]!
    const early = middle(samples.slice(quarter, 2 * quarter))
    const late = middle(samples.slice(-quarter))
    return { of, factor: late / early, flat: late <= early * NOISE + NOISE_BYTES }
  })
}
