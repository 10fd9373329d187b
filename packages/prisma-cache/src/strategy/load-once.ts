import type { EventBus } from '../events/events.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import type { ReadTerms } from '../planner/read-terms.js'
import { type Mark, type Stamps, stampLine, unkeptMark } from '../protocol/entry.js'
import { type Lease, takeLease } from '../store/lease.js'
import type { Link } from '../store/link.js'
import type { Lookup } from '../store/lookup.js'
import { type Keeping, keepAnswer, type Loaded } from './keep-answer.js'
import type { Before } from './learn.js'

/** A question that the cache has no answer to. */
export interface Cold {
  readonly plan: RowPlan | AnswerPlan
  readonly operation: string
  readonly terms: ReadTerms
  /** Of the lookup, so of before any load that begins now. */
  readonly stamps: Stamps
  /** What stands at the entry's key, and whether that says that somebody is loading. */
  readonly standing: string | undefined
  readonly mark: Mark | undefined
  /** An entry of the same versions that is believed no longer, and gives way to what is loaded now. */
  readonly known: string | undefined
  readonly before: Before
  /** Is it asked more than once at this moment? */
  readonly hot: boolean
  /** Until when, by `performance.now()`, others are waited for. */
  readonly deadline: number
  /** Told of what is filled. */
  readonly copy?: Keeping['copy']
  load(): Promise<Loaded>
  lookAgain(): Promise<Lookup>
  /** Takes over what nobody waits for. */
  beside(work: Promise<unknown>): void
}

/** `found`: loaded by somebody else. `again`: things have changed, and whoever asks must look for himself. */
export type Brought =
  | { readonly kind: 'loaded'; readonly loaded: Loaded }
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'again' }

/** A load that takes longer than this is told to the other processes. Until then it costs them less than the telling. */
const ANNOUNCE_AFTER_MS = 5
/** Between two looks for an answer: a quarter of the time waited so far, within these bounds. */
const LOOK_EVERY_MS = { min: 1, max: 50 }

/**
 * Loads what many may be asking for, once over all processes: who holds the lease loads, the others look for its fill
 * and take it as they take any entry. A question that is asked once at a time is loaded without asking for the lease
 * first, which would cost it a round trip; if that takes long, the lease is taken beside. See docs/adr/0015.
 */
export async function loadOnce(link: Link, events: EventBus, cold: Cold): Promise<Brought> {
  const { plan, stamps } = cold
  let { standing, mark, hot } = cold
  const started = performance.now()
  const waits = () => performance.now() < cold.deadline
  while (mark !== 'unkept' && (mark === 'loading' || hot) && waits()) {
    const lease = mark === 'loading' ? undefined : await takeLease(link, plan.entry, stamps, standing)
    if (lease) return await loadAndKeep(link, events, cold, Promise.resolve(lease))
    await pause((performance.now() - started) / 4)
    const found = await cold.lookAgain()
    if ((found.kind !== 'hit' && found.kind !== 'miss') || stampLine(found.stamps) !== stampLine(stamps)) {
      return { kind: 'again' }
    }
    if (found.kind === 'hit' && found.standing !== cold.standing) {
      const ms = performance.now() - started
      events.emit('shared', { model: plan.model.name, operation: cold.operation, key: plan.entry, ms })
      return { kind: 'found', text: found.text }
    }
    hot = true // whoever was waited for has died: one of those who waited takes the place
    standing = found.standing
    mark = found.kind === 'miss' ? found.mark : undefined
  }
  return await loadAndKeep(link, events, { ...cold, standing, mark })
}

async function loadAndKeep(
  link: Link,
  events: EventBus,
  cold: Cold,
  held?: Promise<Lease | undefined>,
): Promise<Brought> {
  const { plan, stamps, standing, mark } = cold
  let lease = held
  const announce = setTimeout(() => {
    if (!mark) lease ??= takeLease(link, plan.entry, stamps, standing)
  }, ANNOUNCE_AFTER_MS)
  announce.unref()
  try {
    const loaded = await cold.load()
    cold.beside(keep(link, events, cold, loaded, lease))
    return { kind: 'loaded', loaded }
  } catch (error) {
    // Nobody is to wait for the next one that may fail: each asks for himself, and gets an error of his own.
    cold.beside(Promise.resolve(lease).then((taken) => taken?.end(unkeptMark(stampLine(stamps)))))
    throw error
  } finally {
    clearTimeout(announce)
  }
}

/** Never rejects. */
async function keep(
  link: Link,
  events: EventBus,
  cold: Cold,
  loaded: Loaded,
  held: Promise<Lease | undefined> | undefined,
): Promise<void> {
  const lease = await held
  const known = lease?.mark ?? cold.known
  if (await keepAnswer(link, events, { ...cold, loaded, known })) lease?.abandon()
  else await lease?.end(unkeptMark(stampLine(cold.stamps)))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS.max, Math.max(LOOK_EVERY_MS.min, ms))))
}
