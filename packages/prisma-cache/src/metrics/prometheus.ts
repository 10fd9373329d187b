import { COUNTERS, FLUSH_SECONDS, type Labels, LINK_UP, STOCK_GAUGES, type Stock } from './instruments.js'
import type { Tally } from './tally.js'

/** For the header `Content-Type`. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The text format of Prometheus, version 0.0.4. @param stock undefined when the queue could not be asked */
export function prometheusText(tally: Tally, stock: Readonly<Record<string, Stock>> | undefined): string {
  const lines: string[] = []
  const family = (name: string, help: string, type: string, samples: readonly string[]) => {
    if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples)
  }
  for (const { name, help } of COUNTERS) {
    const samples = [...(tally.counters.get(name)?.values() ?? [])]
    const total = `${name}_total`
    family(
      total,
      help,
      'counter',
      samples.map(({ labels, value }) => line(total, labels, value)),
    )
  }
  family(FLUSH_SECONDS.name, FLUSH_SECONDS.help, 'histogram', histogram(tally))
  const up = tally.linkUp()
  family(LINK_UP.name, LINK_UP.help, 'gauge', up === undefined ? [] : [line(LINK_UP.name, {}, Number(up))])
  for (const { name, help, value } of STOCK_GAUGES) {
    family(
      name,
      help,
      'gauge',
      Object.entries(stock ?? {}).map(([model, one]) => line(name, { model }, value(one))),
    )
  }
  return lines.map((text) => `${text}\n`).join('')
}

function histogram({ flushes }: Tally): string[] {
  const { name, buckets } = FLUSH_SECONDS
  return [...flushes.values()].flatMap(({ model, counts, sum, count }) => {
    let below = 0
    const bounds = [...buckets.map(String), '+Inf']
    return [
      ...bounds.map((le, i) => {
        below += counts[i]!
        return line(`${name}_bucket`, { model, le }, below)
      }),
      line(`${name}_sum`, { model }, sum),
      line(`${name}_count`, { model }, count),
    ]
  })
}

function line(name: string, labels: Labels, value: number): string {
  const texts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${texts.length > 0 ? `{${texts.join(',')}}` : ''} ${value}`
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))
}
