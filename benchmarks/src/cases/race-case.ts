import { type Lane, type LaneTimes, race } from '../measure/race.js'
import { ratioOf, spread } from '../measure/spread.js'
import type { Stage } from '../stage/stage.js'
import type { BenchCase, CaseResult, Effort, Ratio, Target } from './bench-case.js'

export interface RaceCase {
  readonly row: string
  readonly name: string
  /** Operations under way at a time. */
  readonly width: number
  /** Operations a round and lane; a tenth of it in a quick run. Default 2000, three times as many where `width` > 1. */
  readonly operations?: number
  lanes(stage: Stage, effort: Effort): Promise<Readonly<Record<string, Lane>>>
  readonly ratios: readonly RaceRatio[]
  readonly notes?: readonly string[]
}

/** `over` divided by `under`, round by round; of several names the fastest of the round. */
export interface RaceRatio {
  readonly what: string
  readonly over: string | readonly string[]
  readonly under: string
  readonly target?: Target
}

export function raceCase(one: RaceCase): BenchCase {
  return {
    row: one.row,
    name: one.name,
    async measure(stage, effort): Promise<CaseResult> {
      const operations = one.operations ?? (one.width > 1 ? 6000 : 2000)
      const times = await race(await one.lanes(stage, effort), {
        rounds: effort.rounds,
        operations: effort.quick ? Math.ceil(operations / 10) : operations,
        width: one.width,
      })
      return {
        unit: 'µs',
        lanes: Object.fromEntries(Object.entries(times).map(([name, { wall }]) => [name, spread(wall)])),
        ratios: one.ratios.map((ratio) => measured(ratio, times)),
        notes: [...(one.notes ?? []), cpuLine(times)],
      }
    },
  }
}

function measured(ratio: RaceRatio, times: Record<string, LaneTimes>): Ratio {
  const over = [ratio.over].flat().map((name) => times[name]!.wall)
  const fastest = over[0]!.map((_, round) => Math.min(...over.map((wall) => wall[round]!)))
  const value = ratioOf(fastest, times[ratio.under]!.wall)
  return { what: ratio.what, value, ...(ratio.target ? { target: ratio.target } : {}) }
}

function cpuLine(times: Record<string, LaneTimes>): string {
  const each = Object.entries(times).map(([name, { cpu }]) => `${name} ${spread(cpu).median.toFixed(1)}`)
  return `CPU of this process, µs an operation: ${each.join(', ')}`
}
