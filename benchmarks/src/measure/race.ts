/** One of the things that are compared: a single operation on the n-th of many rows. */
export type Lane = (n: number) => Promise<unknown>

export interface RaceOptions {
  readonly rounds: number
  /** Operations a round and lane. */
  readonly operations: number
  /** Operations under way at a time. */
  readonly width: number
}

export interface LaneResult {
  /** Microseconds an operation, wall clock over all of a round: median and spread of the rounds. */
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Runs the lanes in turns, so that whatever else the machine does falls on all of them alike. */
export async function race(
  lanes: Readonly<Record<string, Lane>>,
  options: RaceOptions,
): Promise<Record<string, LaneResult>> {
  const times = new Map<string, number[]>(Object.keys(lanes).map((name) => [name, []]))
  for (const [, lane] of Object.entries(lanes))
    await run(lane, { ...options, operations: Math.ceil(options.operations / 4) })
  for (let round = 0; round < options.rounds; round++) {
    for (const [name, lane] of Object.entries(lanes)) times.get(name)!.push(await run(lane, options))
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, summary(values)]))
}

async function run(lane: Lane, { operations, width }: RaceOptions): Promise<number> {
  let next = 0
  const begin = process.hrtime.bigint()
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < operations) await lane(next++)
    }),
  )
  return Number(process.hrtime.bigint() - begin) / 1000 / operations
}

function summary(values: readonly number[]): LaneResult {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, low: sorted[0]!, high: sorted.at(-1)! }
}
