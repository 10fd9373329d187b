import type { CaseResult, Curve, Ratio } from '../cases/bench-case.js'
import type { Spread } from '../measure/spread.js'
import { targetText, verdict } from './verdict.js'

export function caseText(row: string, name: string, { unit, lanes, ratios, curve, notes = [] }: CaseResult): string {
  const width = Math.max(...Object.keys(lanes).map((lane) => lane.length))
  return [
    `${row}  ${name}`,
    ...Object.entries(lanes).map(([lane, value]) => `    ${lane.padEnd(width)}  ${spreadText(value)} ${unit}`),
    ...(curve ? curveLines(curve, unit) : []),
    ...ratios.map((ratio) => `  ${mark(ratio)} ${ratio.what}: ${spreadText(ratio.value)}${aim(ratio)}`),
    ...notes.map((note) => `    ${note}`),
    '',
  ].join('\n')
}

function curveLines({ along, at, series }: Curve, unit: string): string[] {
  const width = Math.max(...Object.keys(series).map((name) => name.length))
  return Object.entries(series).map(
    ([name, spreads]) =>
      `    ${name.padEnd(width)}  ${spreads.map((one, i) => `${at[i]}: ${figure(one.median)}`).join(', ')} ${unit}, by ${along}`,
  )
}

/** Three digits that count; the spread only where there is one. */
export function spreadText({ median, low, high }: Spread): string {
  return low === high ? figure(median) : `${figure(median)} (${figure(low)}–${figure(high)})`
}

export const figure = (n: number): string => (Math.abs(n) >= 100 ? n.toFixed(0) : Number(n.toPrecision(3)).toString())

const MARKS = { met: '✔', missed: '✘', 'no target': '·' } as const
const mark = (ratio: Ratio) => MARKS[verdict(ratio)]
const aim = ({ target }: Ratio) => (target ? `, to reach ${targetText(target)}` : '')
