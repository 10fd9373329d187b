/** Of several rounds: the one in the middle, the least and the greatest. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, low: sorted[0]!, high: sorted.at(-1)! }
}

/** Round by round: what falls on one round falls on both sides of its ratio. */
export function ratioOf(over: readonly number[], under: readonly number[]): Spread {
  return spread(over.map((value, round) => value / under[round]!))
}
