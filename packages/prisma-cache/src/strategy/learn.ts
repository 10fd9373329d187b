import type { EventBus, ModelEvent } from '../events/events.js'
import { type Evidence, type Interval, observe, rateOf, ttlFor } from '../planner/learned-ttl.js'
import type { Learns } from '../planner/read-terms.js'
import { type Learned, storedEvidence } from '../protocol/entry.js'

/** What is known of the entry that a load takes the place of. */
export interface Before {
  readonly learned: Learned | undefined
  /** The text before and its age, where no write was seen in between: else a change says nothing of those unseen. */
  readonly watched: { readonly text: string; readonly ageMs: number } | undefined
}

const HOUR_MS = 3_600_000

/** What the ttl of an entry is to be, now that it is known what has become of it. */
export function learn(
  events: EventBus,
  about: ModelEvent & { readonly key: string },
  learns: Learns,
  before: Before | undefined,
  text: string,
): Learned {
  let evidence: Evidence = before?.learned ?? learns.expecting()
  const watched = before?.watched
  if (watched) {
    const interval: Interval = { ms: watched.ageMs, changed: watched.text !== text }
    evidence = observe(evidence, interval)
    learns.observed(interval)
    const said = (one: Evidence) => ({ changesPerHour: rateOf(one) * HOUR_MS, ttlMs: ttlFor(one) })
    events.emit('learn', { ...about, ...interval, ...said(evidence), ofModel: said(learns.ofModel()) })
  }
  // As an entry holds it: whoever reads it there comes to the same ttl.
  const kept = storedEvidence(evidence)
  return { ttlMs: ttlFor(kept), ...kept }
}
