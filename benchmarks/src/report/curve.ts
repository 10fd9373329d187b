import type { Sample } from '../soak/sample.js'
import { svg, text } from './bars.js'

const [WIDTH, HEIGHT, LEFT, TOP] = [760, 300, 60, 30]
const LINES = { heap: '#2563eb', rss: '#94a3b8', redis: '#dc2626' } as const

/** Megabytes over minutes, of the process and of its Redis. */
export function curveOf(samples: readonly Sample[]): string {
  const minutes = samples.at(-1)!.seconds / 60
  const most = Math.max(...samples.flatMap((one) => Object.keys(LINES).map((of) => one[of as 'heap']))) / 2 ** 20
  const x = (one: Sample) => LEFT + ((WIDTH - LEFT - 90) * one.seconds) / 60 / minutes
  const y = (bytes: number) => HEIGHT - 30 - ((HEIGHT - 30 - TOP) * bytes) / 2 ** 20 / most
  const lines = Object.entries(LINES).flatMap(([of, stroke]) => {
    const points = samples.map((one) => `${x(one).toFixed(1)},${y(one[of as 'heap']).toFixed(1)}`).join(' ')
    const last = samples.at(-1)!
    return [
      `<polyline points="${points}" fill="none" stroke="${stroke}" stroke-width="2"/>`,
      text(x(last) + 6, Math.round(y(last[of as 'heap']) + 4), `${of} ${(last[of as 'heap'] / 2 ** 20).toFixed(0)}`),
    ]
  })
  return svg(WIDTH, HEIGHT, 'Memory of the process and of its Redis over time', [
    text(8, 18, `megabytes over ${minutes.toFixed(0)} minutes`, 'bold'),
    text(8, TOP + 4, most.toFixed(0)),
    text(8, HEIGHT - 26, '0'),
    `<line x1="${LEFT}" y1="${HEIGHT - 30}" x2="${WIDTH - 90}" y2="${HEIGHT - 30}" stroke="#0f172a"/>`,
    ...lines,
  ])
}
