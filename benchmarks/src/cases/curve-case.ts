import { type Lane, type LaneTimes, race } from '../measure/race.js'
import { type Spread, spread } from '../measure/spread.js'
import type { Stage } from '../stage/stage.js'
import type { BenchCase, Effort } from './bench-case.js'

export interface CurveCase {
  readonly name: string
  /** What the places are. */
  readonly along: string
  readonly at: readonly number[]
  /** What is compared at one place; every lane answers from where its name says, without a first time. */
  prepare(stage: Stage, place: number): Promise<Readonly<Record<string, Lane>>>
  /** Operations under way at a time, at a place. */
  width(place: number): number
  /** Operations a round and lane, at a place. */
  operations(place: number): number
  readonly notes?: readonly string[]
}

/** One race at each place. */
export function curveCase(one: CurveCase): BenchCase {
  return {
    row: 'scale',
    name: one.name,
    async measure(stage, effort) {
      const series: Record<string, Spread[]> = {}
      const cpu: string[] = []
      for (const place of one.at) {
        const times = await raceAt(one, stage, effort, place)
        for (const [name, { wall }] of Object.entries(times)) {
          series[name] = [...(series[name] ?? []), spread(wall)]
        }
        cpu.push(`${place}: ${cpuOf(times)}`)
      }
      return {
        unit: 'µs',
        lanes: {},
        ratios: [],
        curve: { along: one.along, at: one.at, series },
        notes: [...(one.notes ?? []), `CPU of this process, µs an operation, by ${one.along}: ${cpu.join('; ')}`],
      }
    },
  }
}

async function raceAt(one: CurveCase, stage: Stage, { quick, rounds }: Effort, place: number) {
  const operations = one.operations(place)
  return await race(await one.prepare(stage, place), {
    rounds,
    operations: quick ? Math.ceil(operations / 10) : operations,
    width: one.width(place),
  })
}

function cpuOf(times: Record<string, LaneTimes>): string {
  return Object.entries(times)
    .map(([name, { cpu }]) => `${name} ${spread(cpu).median.toFixed(1)}`)
    .join(', ')
}
