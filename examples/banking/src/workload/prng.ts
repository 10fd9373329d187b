/** A source of numbers in [0, 1) that a seed determines. */
export interface Prng {
  next(): number
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number
}

/** mulberry32: 32 bits of state, good enough to choose customers and amounts. */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  return { next, below: (below) => Math.floor(next() * below) }
}

/** A seed for the n-th of several sources that do not follow each other. */
export const derivedSeed = (seed: number, index: number): number => (seed ^ Math.imul(index + 1, 0x9e37_79b1)) >>> 0
