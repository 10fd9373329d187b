import type { EventBus } from '../events/events.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import type { ReadTerms } from '../planner/read-terms.js'
import { rowIdOf } from '../planner/row-id.js'
import type { Learned, Stamps } from '../protocol/entry.js'
import type { Row } from '../protocol/row-codec.js'
import { fill } from '../store/fill.js'
import type { Link } from '../store/link.js'
import { touch } from '../store/publish.js'
import { NONE } from './answer-shape.js'
import { type Before, learn } from './learn.js'

/** Characters of an entry at most: one answer must not crowd out thousands, nor hold up the connection. */
const MAX_ENTRY = 1_000_000

export interface Loaded {
  readonly value: unknown
  readonly text: string
  /** It came from a replica that may be behind a write which these stamps are past. */
  readonly behind?: boolean
  /** For how long it may have been out of date when it was loaded; undefined: it was not. */
  readonly ageMs?: number
}

/** An entry as it is in Redis. */
export interface CopySource {
  readonly from: 'hit' | 'fill'
  readonly stamps: Stamps
  readonly text: string
  readonly lifeMs: number
  readonly learned?: Learned | undefined
  /** Undefined: it is new. */
  readonly ageMs: number | undefined
}

export interface Keeping {
  readonly plan: RowPlan | AnswerPlan
  readonly operation: string
  readonly terms: ReadTerms
  /** Of the lookup before the load. */
  readonly stamps: Stamps
  readonly loaded: Loaded
  /** What stood there before the load, where this is to take its place. */
  readonly known?: string | undefined
  /** Told of what is stored. */
  readonly copy?: ((source: CopySource) => void) | undefined
  readonly before?: Before | undefined
}

/**
 * Fills what was loaded, if it may be kept. Never rejects.
 *
 * @returns whether the next reader finds it, or may find something newer
 */
export async function keepAnswer(link: Link, events: EventBus, keeping: Keeping): Promise<boolean> {
  const { plan, operation, terms, stamps, loaded, known, before } = keeping
  const about = { model: plan.model.name, operation, key: plan.entry }
  const refused = (
    reason: 'other-row' | 'omitted-field' | 'too-large' | 'redis-down' | 'outrun' | 'replica-behind' | 'spelling',
  ) => {
    events.emit('refusedFill', { ...about, reason })
    return reason === 'outrun'
  }
  const { value, text, ageMs } = loaded
  if (loaded.behind) return refused('replica-behind')
  // The database takes two texts for one key (a collation); a write under the other would not reach this entry.
  if (plan.kind === 'row' && value !== null && rowIdOf(plan.model.facts, value as Row) !== plan.row) {
    return refused('other-row')
  }
  if (plan.kind === 'answer' && !plan.mayKeep(value)) return refused('omitted-field')
  if (plan.kind === 'answer' && value === null && !plan.mayKeepNone) return refused('spelling')
  if (text.length > MAX_ENTRY) return refused('too-large')
  const { learns } = terms
  const learned = learns && learn(events, about, learns, before, text)
  const lifeMs = learned ? learned.ttlMs + terms.lifeMs : text === NONE ? noneOf(terms) : terms.lifeMs
  const filled = await fill(link, { entry: plan.entry, stamps, text, lifeMs, learned, known, ageMs })
  if (filled === 'outrun') return refused('outrun')
  if (filled === 'unavailable') return refused('redis-down')
  if (filled === 'stored') {
    keeping.copy?.({ from: 'fill', stamps, text, lifeMs, learned, ageMs })
    events.emit('fill', about)
    return true
  }
  events.emit('conflict', about)
  learns?.observed({ ms: 0, changed: true })
  await touch(link, plan.tags).catch(() => {}) // the entry is dropped already; the next conflict tries again
  return true
}

function noneOf({ negativeTtlMs, ttlMs }: ReadTerms): number {
  return Math.min(negativeTtlMs, ttlMs)
}
