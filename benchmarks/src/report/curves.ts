import type { CaseResult, Curve } from '../cases/bench-case.js'
import { svg, text } from './bars.js'
import type { Results } from './results.js'
import { figure } from './terminal.js'

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT] = [760, 260, 70, 36, 250]
const STROKES = ['#2563eb', '#dc2626', '#94a3b8', '#d97706', '#0f172a']

type Curved = CaseResult & { readonly name: string; readonly curve: Curve }

/** A plot of each case that asks how something grows, both axes logarithmic. Undefined where there is none. */
export function curvesOf({ cases }: Results): string | undefined {
  const curved = cases.filter((one): one is Results['cases'][number] & Curved => one.curve !== undefined)
  if (curved.length === 0) return undefined
  const parts = curved.flatMap((one, n) => plot(one, n * HEIGHT))
  return svg(WIDTH, curved.length * HEIGHT, 'How the cost of a hit and its memory grow', parts)
}

function plot({ name, unit, curve: { along, at, series } }: Curved, top: number): string[] {
  const values = Object.values(series).flatMap((spreads) => spreads.map(({ median }) => median))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const x = (place: number) =>
    LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(place / at[0]!)) / Math.log(at.at(-1)! / at[0]!)
  const bottom = top + HEIGHT - 44
  const y = (value: number) => bottom - ((bottom - top - TOP) * Math.log(value / least)) / Math.log(most / least || 1)
  const lines = Object.entries(series).flatMap(([of, spreads], n) => {
    const points = spreads.map(({ median }, i) => `${x(at[i]!).toFixed(1)},${y(median).toFixed(1)}`)
    const last = spreads.at(-1)!.median
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${STROKES[n % STROKES.length]}" stroke-width="2"/>`,
      text(x(at.at(-1)!) + 6, Math.round(y(last) + 4), `${of} ${figure(last)}`),
    ]
  })
  return [
    text(8, top + 18, `${name} (${unit})`, 'bold'),
    `<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" stroke="#0f172a"/>`,
    ...at.map((place) => text(x(place) - 8, bottom + 16, String(place))),
    text(LEFT, bottom + 32, along),
    text(8, Math.round(y(most) + 4), figure(most)),
    text(8, Math.round(y(least) + 4), figure(least)),
    ...lines,
  ]
}
