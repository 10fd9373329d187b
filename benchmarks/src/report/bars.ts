import type { Results } from './results.js'
import { figure } from './terminal.js'

const WIDTH = 760
const LABEL = 330
const BAR = 18

/** A plot of each case that was timed: bars on a logarithmic scale, for a near hit and a query differ a thousandfold. */
export function barsOf({ cases }: Results): string {
  const timed = cases.filter(({ unit, curve }) => unit === 'µs' && !curve)
  const values = timed.flatMap(({ lanes }) => Object.values(lanes).map(({ median }) => median))
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)))
  const most = Math.max(...values)
  const x = (value: number) => ((WIDTH - LABEL - 70) * Math.log(value / least)) / Math.log(most / least)
  let y = 30
  const parts = [text(8, 18, 'microseconds an operation, logarithmic', 'bold')]
  for (const { name, lanes } of timed) {
    parts.push(text(8, y + 16, name, 'bold'))
    y += 24
    for (const [lane, { median, low, high }] of Object.entries(lanes)) {
      const fill = lane === Object.keys(lanes)[0] ? '#2563eb' : '#94a3b8'
      parts.push(
        text(16, y + 13, lane),
        `<rect x="${LABEL}" y="${y}" width="${Math.max(1, x(median)).toFixed(1)}" height="${BAR - 4}" fill="${fill}"/>`,
        `<line x1="${(LABEL + x(low)).toFixed(1)}" x2="${(LABEL + x(high)).toFixed(1)}" y1="${y + 7}" y2="${y + 7}" stroke="#0f172a"/>`,
        text(LABEL + Math.max(x(high), 1) + 6, y + 13, figure(median)),
      )
      y += BAR
    }
    y += 10
  }
  return svg(WIDTH, y + 10, 'Microseconds an operation, beside what it is compared with', parts)
}

export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

export function text(x: number, y: number, content: string, weight = 'normal'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}" fill="#0f172a">${escaped(content)}</text>`
}

const escaped = (content: string): string => content.replace(/&/g, '&amp;').replace(/</g, '&lt;')
