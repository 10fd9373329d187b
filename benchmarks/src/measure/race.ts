/** One of the things that are compared: a single operation on the n-th of many rows. */
export type Lane = (n: number) => Promise<unknown>

export interface RaceOptions {
  readonly rounds: number
  /** Operations a round and lane. */
  readonly operations: number
  /** Operations under way at a time. */
  readonly width: number
}

/** What one lane cost in each of the rounds, in microseconds an operation. */
export interface LaneTimes {
  readonly wall: readonly number[]
  /** Of this process alone, all threads; what servers and pools elsewhere spend is not in it. */
  readonly cpu: readonly number[]
}

/** Runs the lanes in turns, so that whatever else the machine does falls on all of them alike. */
export async function race(
  lanes: Readonly<Record<string, Lane>>,
  options: RaceOptions,
): Promise<Record<string, LaneTimes>> {
  const entries = Object.entries(lanes)
  const times = new Map(entries.map(([name]) => [name, { wall: [] as number[], cpu: [] as number[] }]))
  for (const [, lane] of entries) await run(lane, { ...options, operations: Math.ceil(options.operations / 4) })
  for (let round = 0; round < options.rounds; round++) {
    // Each round begins with another lane: who comes first after a pause is not always the same.
    for (let turn = 0; turn < entries.length; turn++) {
      const [name, lane] = entries[(round + turn) % entries.length]!
      const { wall, cpu } = await run(lane, options)
      times.get(name)!.wall.push(wall)
      times.get(name)!.cpu.push(cpu)
    }
  }
  return Object.fromEntries(times)
}

async function run(lane: Lane, { operations, width }: RaceOptions): Promise<{ wall: number; cpu: number }> {
  let next = 0
  const cpuBefore = process.cpuUsage()
  const begin = process.hrtime.bigint()
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < operations) await lane(next++)
    }),
  )
  const wall = Number(process.hrtime.bigint() - begin) / 1000 / operations
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall, cpu: (user + system) / operations }
}
