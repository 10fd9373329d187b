import { COUNTERS, FLUSH_SECONDS, LINK_UP, STOCK_GAUGES, type Stock } from './instruments.js'
import type { Tally } from './tally.js'

/** As much of OpenTelemetry's `Meter` as is used: the package needs none of its own, and takes that of the application. */
export interface Meter {
  createObservableCounter(name: string, options: InstrumentOptions): Observable
  createObservableGauge(name: string, options: InstrumentOptions): Observable
  createHistogram(name: string, options: InstrumentOptions): Histogram
  addBatchObservableCallback(callback: BatchCallback, observables: Observable[]): void
  removeBatchObservableCallback(callback: BatchCallback, observables: Observable[]): void
}

interface InstrumentOptions {
  readonly description: string
  readonly unit?: string
  readonly advice?: { explicitBucketBoundaries: number[] }
}

// biome-ignore lint/suspicious/noExplicitAny: only handed back to the meter that made it
type Observable = any
type BatchCallback = (observer: {
  observe(observable: Observable, value: number, attributes?: Record<string, string>): void
}) => Promise<void>

interface Histogram {
  record(value: number, attributes: Record<string, string>): void
}

/** Tells a meter whatever is counted; the queue is asked when the meter collects. */
export function observeWith(
  meter: Meter,
  tally: Tally,
  readStock: () => Promise<Readonly<Record<string, Stock>> | undefined>,
): { flushed(model: string, seconds: number): void; close(): void } {
  const counters = COUNTERS.map(({ name, help }) => ({
    name,
    instrument: meter.createObservableCounter(name, { description: help }),
  }))
  const gauges = STOCK_GAUGES.map(({ name, help, value }) => ({
    value,
    instrument: meter.createObservableGauge(name, { description: help }),
  }))
  const link = meter.createObservableGauge(LINK_UP.name, { description: LINK_UP.help })
  const durations = meter.createHistogram(FLUSH_SECONDS.name, {
    description: FLUSH_SECONDS.help,
    unit: 's',
    advice: { explicitBucketBoundaries: [...FLUSH_SECONDS.buckets] },
  })
  const observables = [...counters, ...gauges].map(({ instrument }) => instrument).concat(link)

  const collect: BatchCallback = async (observer) => {
    for (const { name, instrument } of counters) {
      for (const { labels, value } of tally.counters.get(name)?.values() ?? []) {
        observer.observe(instrument, value, { ...labels })
      }
    }
    const up = tally.linkUp()
    if (up !== undefined) observer.observe(link, Number(up))
    for (const [model, stock] of Object.entries((await readStock()) ?? {})) {
      for (const { instrument, value } of gauges) observer.observe(instrument, value(stock), { model })
    }
  }
  meter.addBatchObservableCallback(collect, observables)
  return {
    flushed: (model, seconds) => durations.record(seconds, { model }),
    close: () => meter.removeBatchObservableCallback(collect, observables),
  }
}
