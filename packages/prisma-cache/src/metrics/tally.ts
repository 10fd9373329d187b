import type { EventName, Listener } from '../events/events.js'
import { COUNTERS, FLUSH_SECONDS, type Labels } from './instruments.js'

/** What events come from: `prisma.$cache`, or a flush worker. */
export interface EventSource {
  on<N extends EventName>(event: N, listener: Listener<N>): () => void
}

export interface Sample {
  readonly labels: Labels
  value: number
}

/** Durations of one model, by upper bound of `FLUSH_SECONDS.buckets`, each without those below. */
export interface Durations {
  readonly model: string
  readonly counts: number[]
  sum: number
  count: number
}

/** What was counted since it was made. */
export interface Tally {
  /** By name of the counter. */
  readonly counters: ReadonlyMap<string, ReadonlyMap<string, Sample>>
  readonly flushes: ReadonlyMap<string, Durations>
  /** Undefined before the link has said anything. */
  linkUp(): boolean | undefined
  close(): void
}

export function createTally(source: EventSource, flushed: (model: string, seconds: number) => void): Tally {
  const counters = new Map<string, Map<string, Sample>>()
  const flushes = new Map<string, Durations>()
  let up: boolean | undefined
  const ends = COUNTERS.map((counter) => {
    const samples = new Map<string, Sample>()
    counters.set(counter.name, samples)
    return source.on(counter.event, (event) => {
      const labels = counter.labels(event)
      if (!labels) return
      const id = Object.values(labels).join('\n')
      const sample = samples.get(id) ?? { labels, value: 0 }
      samples.set(id, sample)
      sample.value += counter.by?.(event) ?? 1
    })
  })
  ends.push(
    source.on('link', ({ state }) => {
      if (state !== 'checking') up = state === 'up'
    }),
    source.on('flush', ({ model, ms }) => {
      const seconds = ms / 1000
      const known = flushes.get(model) ?? {
        model,
        counts: new Array<number>(FLUSH_SECONDS.buckets.length + 1).fill(0),
        sum: 0,
        count: 0,
      }
      flushes.set(model, known)
      const bucket = FLUSH_SECONDS.buckets.findIndex((bound) => seconds <= bound)
      known.counts[bucket < 0 ? FLUSH_SECONDS.buckets.length : bucket]!++
      known.sum += seconds
      known.count++
      flushed(model, seconds)
    }),
  )
  return {
    counters,
    flushes,
    linkUp: () => up,
    close() {
      for (const end of ends) end()
    },
  }
}
