import { build, type Histogram } from 'hdr-histogram-js'

export interface LatencySummary {
  readonly count: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Label to summary. */
export type Latencies = Record<string, LatencySummary>

export interface LatencyRecorder {
  record(label: string, milliseconds: number): void
  summarize(): Latencies
  reset(): void
}

const MINUTE_IN_MICROSECONDS = 60_000_000

/** One HDR histogram a label, in whole microseconds. */
export function createLatencyRecorder(): LatencyRecorder {
  const histograms = new Map<string, Histogram>()
  return {
    record(label, milliseconds) {
      let histogram = histograms.get(label)
      if (!histogram) {
        histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: MINUTE_IN_MICROSECONDS })
        histograms.set(label, histogram)
      }
      histogram.recordValue(Math.min(MINUTE_IN_MICROSECONDS, Math.max(1, Math.round(milliseconds * 1000))))
    },
    summarize() {
      const summary: Latencies = {}
      for (const [label, histogram] of histograms) {
        summary[label] = {
          count: histogram.totalCount,
          p50: histogram.getValueAtPercentile(50) / 1000,
          p99: histogram.getValueAtPercentile(99) / 1000,
        }
      }
      return summary
    },
    reset: () => histograms.clear(),
  }
}
