import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { BypassReason, EventBus } from '../events/events.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import { rowIdOf } from '../planner/row-id.js'
import { decodeAnswer, encodeAnswer } from '../protocol/answer-codec.js'
import { type Stamps, stampLine } from '../protocol/entry.js'
import type { Row } from '../protocol/row-codec.js'
import { tagName } from '../protocol/tag.js'
import { fill } from '../store/fill.js'
import type { Link } from '../store/link.js'
import { type Lookup, lookup } from '../store/lookup.js'
import { touch } from '../store/publish.js'
import type { CausalSession } from './causal-session.js'
import { createNextFlight } from './next-flight.js'
import { isValidationError } from './outcome.js'
import { createSingleFlight } from './single-flight.js'

export interface ReadRequest {
  readonly plan: RowPlan | AnswerPlan
  readonly operation: string
  readonly consistency: ConsistencyClass
  readonly ttlMs: number
  readonly session: CausalSession
  /** Of a write-behind row: what is pending on it, asked beside the lookup. */
  pending?(): Promise<PendingAnswer>
  /** Asks the database, with the plan's own arguments where it has some. */
  load(args?: unknown): Promise<unknown>
}

/** `flushed`: what was pending could not be served and is applied now, so that everything must be looked up again. */
export type PendingAnswer = 'none' | 'flushed' | { readonly row: Row | null }

export interface ReadThrough {
  read(request: ReadRequest): Promise<unknown>
  /** Resolves when the fills that nobody waits for have ended. */
  idle(): Promise<void>
}

/** Milliseconds for which "no such row" is believed. */
const NEGATIVE_TTL_MS = 1000

/** Characters of an entry at most: one answer must not crowd out thousands, nor hold up the connection. */
const MAX_ENTRY = 1_000_000

/** What an entry holds, as a value and as text. A text that cannot be read throws. */
interface Shape {
  encode(value: unknown): string
  decode(text: string): unknown
  /** The caller's answer, of what is kept. */
  answer(value: unknown): unknown
}

export function createReadThrough(link: Link, events: EventBus): ReadThrough {
  const flights = createSingleFlight()
  const bypasses = createNextFlight()
  const fills = new Set<Promise<unknown>>()

  /** Where Prisma finds fault with the widened selection, the caller's own arguments are asked for, and nothing is kept. */
  async function read(request: ReadRequest): Promise<unknown> {
    try {
      return await readPlanned(request)
    } catch (error) {
      if (request.plan.kind !== 'row' || !isValidationError(error)) throw error
      return await request.load()
    }
  }

  async function readPlanned(request: ReadRequest): Promise<unknown> {
    const { plan, operation, consistency, session } = request
    const shape = shapeOf(plan)
    const orThrow = operation.endsWith('OrThrow')
    const about = { model: plan.model.name, operation }
    const pendingAnswer = (row: RowPlan, pending: { readonly row: Row | null }) => {
      events.emit('hit', { ...about, key: plan.entry, source: 'pending' })
      return pending.row && row.project(pending.row)
    }
    const load = async () => {
      const value = await request.load(plan.kind === 'row' ? plan.args : undefined)
      return { value, text: shape.encode(value) }
    }
    // No two callers share an object.
    const answerOf = ({ loaded, first }: { loaded: Awaited<ReturnType<typeof load>>; first: boolean }) =>
      shape.answer(first ? loaded.value : shape.decode(loaded.text))
    const bypass = async (reason: BypassReason) => {
      // What is pending on the row is no part of the cache: it is seen also where that is not believed.
      const pending = await request.pending?.()
      if (typeof pending === 'object' && plan.kind === 'row') return pendingAnswer(plan, pending)
      events.emit('bypass', { ...about, reason })
      return answerOf(await bypasses.run(`${plan.entry} ${orThrow}`, load))
    }
    await link.settled()
    // A strong answer is only as strong as every write that can change it: those of another class are not fenced.
    const strong = consistency === 'strong'
    if (strong && plan.models.some((m) => m.policy.strategy === 'none' || m.policy.consistency !== 'strong')) {
      return bypass('mixed-consistency')
    }
    if (link.unpublished.owes(plan.tags) || session.mistrusts(plan.tags)) return bypass('unpublished')
    // A weaker read sees fences too: what it filled under a writer in flight would be a strong reader's hit later.
    const fences = plan.models.some((m) => m.policy.strategy !== 'none' && m.policy.consistency === 'strong')
    const [found, pending] = await Promise.all([
      lookup(link, { entry: plan.entry, tags: plan.tags, fences }),
      request.pending?.() ?? ('none' as const),
    ])
    if (pending === 'flushed') return await readPlanned({ ...request, pending: async () => 'none' })
    if (typeof pending === 'object' && plan.kind === 'row') return pendingAnswer(plan, pending)
    if (found.kind === 'unavailable') return bypass('redis-down')
    if (found.kind === 'fenced') return bypass('fenced')
    const reason = reasonOfMiss(found, plan, session)
    if (reason === undefined) {
      const kept = readable(shape, (found as { text: string }).text)
      if (!kept) return await miss('unreadable', found.stamps)
      if (kept.value === null && orThrow) return await request.load() // Prisma's own error, worded by Prisma
      events.emit('hit', { ...about, key: plan.entry, source: 'redis' })
      return shape.answer(kept.value)
    }
    const stamps = await pastTheSession(plan, found.stamps, session)
    return stamps ? await miss(reason, stamps) : await bypass('redis-down')

    async function miss(why: 'absent' | 'stale' | 'behind' | 'unreadable', stamps: Stamps): Promise<unknown> {
      events.emit('miss', { ...about, key: plan.entry, reason: why })
      const flight = `${plan.entry} ${stampLine(stamps)} ${orThrow}`
      const flown = await flights.run(flight, async () => {
        const loaded = await load()
        const kept = fillLater(request, stamps, loaded.value, loaded.text)
        fills.add(kept)
        void kept.finally(() => fills.delete(kept))
        return loaded
      })
      return answerOf(flown)
    }
  }

  /**
   * Stamps that the session may read under. A version behind one of its markers, which a refill alone would not change,
   * is replaced before the load, so that what that brings is past everything the session knows.
   */
  async function pastTheSession(
    plan: RowPlan | AnswerPlan,
    stamps: Stamps,
    session: CausalSession,
  ): Promise<Stamps | undefined> {
    const behind = plan.tags.filter((tag, i) => !session.isCoveredBy([tag], [stamps.versions[i]!]))
    if (behind.length === 0) return stamps
    const markers = await touch(link, behind).catch(() => undefined)
    if (!markers) return undefined
    const versions = plan.tags.map((tag, i) => markers.get(tagName(tag)) ?? stamps.versions[i]!)
    return { epoch: stamps.epoch, versions }
  }

  /** Not awaited by the reader. Never rejects. */
  async function fillLater(request: ReadRequest, stamps: Stamps, value: unknown, text: string): Promise<void> {
    const { plan, operation } = request
    const about = { model: plan.model.name, operation, key: plan.entry }
    if (plan.kind === 'row' && value !== null && rowIdOf(plan.model.facts, value as Row) !== plan.row) {
      // The database takes two texts for one key (a collation); a write under the other would not reach this entry.
      events.emit('refusedFill', { ...about, reason: 'other-row' })
      return
    }
    if (plan.kind === 'answer' && !plan.mayKeep(value)) {
      events.emit('refusedFill', { ...about, reason: 'omitted-field' })
      return
    }
    if (text.length > MAX_ENTRY) {
      events.emit('refusedFill', { ...about, reason: 'too-large' })
      return
    }
    const ttlMs = value === null ? Math.min(NEGATIVE_TTL_MS, request.ttlMs) : request.ttlMs
    const filled = await fill(link, plan.entry, stamps, text, ttlMs)
    if (filled === 'stored') events.emit('fill', about)
    else if (filled === 'unavailable') events.emit('refusedFill', { ...about, reason: 'redis-down' })
    else {
      events.emit('conflict', about)
      await touch(link, plan.tags).catch(() => {}) // the entry is dropped already; the next conflict tries again
    }
  }

  return {
    read,
    async idle() {
      await Promise.all(fills)
    },
  }
}

/** Undefined for what another program, or a damaged server, has left there. */
function readable(shape: Shape, text: string): { readonly value: unknown } | undefined {
  try {
    return { value: shape.decode(text) }
  } catch {
    return undefined
  }
}

function reasonOfMiss(found: Lookup, plan: RowPlan | AnswerPlan, session: CausalSession) {
  if (found.kind === 'miss') return found.reason
  if (found.kind === 'hit' && !session.isCoveredBy(plan.tags, found.stamps.versions)) return 'behind'
  return undefined
}

function shapeOf(plan: RowPlan | AnswerPlan): Shape {
  if (plan.kind === 'answer') return { encode: encodeAnswer, decode: decodeAnswer, answer: (value) => value }
  const { codec } = plan.model
  return {
    encode: (value) => (value === null ? 'null' : codec.encode(value as Row)),
    decode: (text) => (text === 'null' ? null : codec.decode(text)),
    answer: (value) => (value === null ? null : plan.project(value as Row)),
  }
}
