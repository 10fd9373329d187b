import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { BypassReason, EventBus, Events } from '../events/events.js'
import type { IndexedModel } from '../planner/model-index.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import { type Freshness, freshness, type Learns, type ReadTerms } from '../planner/read-terms.js'
import { learnedOf, type Stamps, stampLine } from '../protocol/entry.js'
import type { Row } from '../protocol/row-codec.js'
import { tagName } from '../protocol/tag.js'
import type { Link } from '../store/link.js'
import { type Lookup, lookup } from '../store/lookup.js'
import { touch } from '../store/publish.js'
import { NONE, type Readable, readable, shapeOf } from './answer-shape.js'
import type { CausalSession } from './causal-session.js'
import type { CopySource, Loaded } from './keep-answer.js'
import type { Before } from './learn.js'
import { createLearner } from './learner.js'
import { loadOnce } from './load-once.js'
import { createNextFlight } from './next-flight.js'
import { isNotFound, isValidationError } from './outcome.js'
import { createRefresh } from './refresh.js'
import { createSingleFlight } from './single-flight.js'

export interface ReadRequest {
  readonly plan: RowPlan | AnswerPlan
  readonly operation: string
  readonly consistency: ConsistencyClass
  readonly terms: ReadTerms
  readonly session: CausalSession
  /** Of a write-behind row: what is pending on it, asked beside the lookup. */
  pending?(): Promise<PendingAnswer>
  /** False: no copy in the process is served or kept. */
  readonly near?: boolean
  /** Told of an entry that answers the read as it stands, or that the read has filled. */
  readonly copy?: (source: CopySource) => void
  /** Asks the database, with the plan's own arguments where it has some. */
  load(args?: unknown): Promise<unknown>
  readonly replica?: FromReplica | undefined
}

/** Where there are replicas: who else may answer than the primary. */
export interface FromReplica {
  /** Callers of different lanes do not share a load. */
  readonly lane: string
  /**
   * The answer of a replica that has what it must, of a load under these stamps or, without the cache, under none.
   * Undefined: the primary is to be asked.
   */
  ask(args: unknown, stamps: Stamps | undefined): Promise<Routed | undefined>
}

export interface Routed extends Pick<Loaded, 'behind' | 'ageMs'> {
  readonly value: unknown
}

/** `flushed`: what was pending could not be served and is applied now, so that everything must be looked up again. */
export type PendingAnswer = 'none' | 'flushed' | { readonly row: Row | null }

export interface ReadThrough {
  /** What questions of this shape learn of a ttl that nobody states; the shape is asked for only when it is needed. */
  learns(model: string, shape: () => string): Learns
  read(request: ReadRequest): Promise<unknown>
  /** Resolves when the fills and loads that nobody waits for have ended. */
  idle(): Promise<void>
}

type Served = Exclude<Freshness, 'expired' | 'unknown' | 'unsettled'>
type MissReason = Events['miss']['reason']
type Hit = Extract<Lookup, { readonly kind: 'hit' }>
type Miss = Extract<Lookup, { readonly kind: 'miss' }>
/** So many asking for one entry at a moment, in one process, are worth a round trip before the load. */
const HOT = 8

/** What the cache cannot answer now, and a replica may. */
const WITHOUT_CACHE = new Set<BypassReason>(['redis-down', 'unpublished'])

interface Attempt {
  /** What was found already, when nothing but the entry was asked for. */
  readonly found?: Lookup | undefined
  /** Was the age not asked for, and is needed? */
  readonly asksAge?: boolean | undefined
  /** By `performance.now()`: the miss is told already, and loads of others are waited for until then. */
  readonly deadline?: number | undefined
}

export function createReadThrough(link: Link, events: EventBus): ReadThrough {
  const flights = createSingleFlight()
  const bypasses = createNextFlight()
  const refresh = createRefresh(link, events)
  const learner = createLearner()
  const background = new Set<Promise<unknown>>()
  /** How many are asking for an entry at this moment. */
  const asking = new Map<string, number>()

  function beside(work: Promise<unknown>): void {
    background.add(work)
    void work.finally(() => background.delete(work))
  }

  /** Where Prisma finds fault with the widened selection, the caller's own arguments are asked for, and nothing is kept. */
  async function read(request: ReadRequest): Promise<unknown> {
    const { entry } = request.plan
    asking.set(entry, (asking.get(entry) ?? 0) + 1)
    try {
      const found = isPlain(request) ? await look(request, false) : undefined
      const hit = found?.kind === 'hit' ? freshHit(request, found) : undefined
      return hit ? hit.answer : await readPlanned(request, { found })
    } catch (error) {
      if (request.plan.kind !== 'row' || !isValidationError(error)) throw error
      return await request.load()
    } finally {
      const others = asking.get(entry)! - 1
      if (others === 0) asking.delete(entry)
      else asking.set(entry, others)
    }
  }

  /** Does nothing speak against an entry that is found, and is nothing needed beside it? Most reads are such. */
  function isPlain({ plan, session, terms, pending, copy, consistency }: ReadRequest): boolean {
    if (pending || copy || terms.asksAge || !link.isUp()) return false
    if (consistency === 'strong' && isMixed(plan)) return false
    return !link.unpublished.owes(plan.tags) && !session.mistrusts(plan.tags)
  }

  // A weaker read sees fences too: what it filled under a writer in flight would be a strong reader's hit later.
  function look({ plan: { entry, tags, models } }: ReadRequest, age: boolean): Promise<Lookup> {
    return lookup(link, { entry, tags, fences: models.some(isStrong), age })
  }

  /** A hit that is neither behind the session nor old, else undefined. */
  function freshHit(request: ReadRequest, found: Hit): { readonly answer: unknown } | undefined {
    const { plan, operation, session, terms } = request
    if (!session.isCoveredBy(plan.tags, found.stamps.versions)) return undefined
    const none = found.text === NONE
    if (none && operation.endsWith('OrThrow')) return undefined
    if (freshness(terms, { lifeMs: found.lifeMs, ageMs: found.ageMs, learned: found.learned, none }) !== 'fresh')
      return undefined
    const shape = shapeOf(plan)
    const kept = readable(shape, found.text)
    if (!kept) return undefined
    events.emit('hit', { model: plan.model.name, operation, key: plan.entry, source: 'redis', age: 'fresh' })
    return { answer: shape.answer(kept.value) }
  }

  async function readPlanned(request: ReadRequest, attempt: Attempt = {}): Promise<unknown> {
    const { plan, operation, consistency, session, terms } = request
    const shape = shapeOf(plan)
    const orThrow = operation.endsWith('OrThrow')
    const about = { model: plan.model.name, operation }
    const pendingAnswer = (row: RowPlan, pending: { readonly row: Row | null }) => {
      events.emit('hit', { ...about, key: plan.entry, source: 'pending', age: 'fresh' })
      return pending.row && row.project(pending.row)
    }
    const { replica } = request
    const lane = `${orThrow} ${replica?.lane ?? ''}`
    const planned = plan.kind === 'row' ? plan.args : undefined
    const load = async (stamps?: Stamps): Promise<Loaded> => {
      const routed = stamps && (await replica?.ask(planned, stamps))
      const { value, ...about } = routed ?? { value: await request.load(planned) }
      return { value, text: shape.encode(value), ...about }
    }
    // No two callers share an object.
    const answerOf = ({ loaded, first }: { loaded: Awaited<ReturnType<typeof load>>; first: boolean }) =>
      shape.answer(first ? loaded.value : shape.decode(loaded.text))
    const bypass = async (reason: BypassReason) => {
      // What is pending on the row is no part of the cache: it is seen also where that is not believed.
      const pending = await request.pending?.()
      if (typeof pending === 'object' && plan.kind === 'row') return pendingAnswer(plan, pending)
      events.emit('bypass', { ...about, reason })
      const routed = WITHOUT_CACHE.has(reason) ? await replica?.ask(planned, undefined) : undefined
      if (routed) return shape.answer(routed.value)
      return answerOf(await bypasses.run(`${plan.entry} ${orThrow}`, () => load()))
    }
    await link.settled()
    // A strong answer is only as strong as every write that can change it: those of another class are not fenced.
    if (consistency === 'strong' && isMixed(plan)) return bypass('mixed-consistency')
    if (link.unpublished.owes(plan.tags) || session.mistrusts(plan.tags)) return bypass('unpublished')
    const [found, pending] = await Promise.all([
      // A copy is as old as what it was made of.
      attempt.found ?? look(request, attempt.asksAge ?? (terms.asksAge || request.copy !== undefined)),
      request.pending?.() ?? ('none' as const),
    ])
    if (pending === 'flushed') return await readPlanned({ ...request, pending: async () => 'none' })
    if (typeof pending === 'object' && plan.kind === 'row') return pendingAnswer(plan, pending)
    if (found.kind === 'unavailable') return bypass('redis-down')
    if (found.kind === 'fenced') return bypass('fenced')
    let reason: MissReason = found.kind === 'miss' ? found.reason : 'behind'
    let known: string | undefined
    if (found.kind === 'hit' && session.isCoveredBy(plan.tags, found.stamps.versions)) {
      const { lifeMs, ageMs, learned } = found
      const age = freshness(terms, { lifeMs, ageMs, learned, none: found.text === NONE })
      // Stored for longer than this reader would have: by other terms, or another process's policy.
      if (age === 'unknown') return await readPlanned(request, { deadline: attempt.deadline, asksAge: true })
      if (age === 'unsettled') return bypass('unsettled')
      const kept = age === 'expired' ? undefined : readable(shape, found.text)
      if (kept && age !== 'expired') return await hit(found, kept, age)
      reason = age === 'expired' ? 'expired' : 'unreadable'
      known = found.standing
    }
    const stamps = await pastTheSession(plan, found.stamps, session)
    return stamps ? await miss(found, stamps) : await bypass('redis-down')

    async function hit(entry: Hit, { value }: Readable, age: Served) {
      const { stamps, standing, text, lifeMs, learned, ageMs } = entry
      if (value === null && orThrow) return await request.load() // Prisma's own error, worded by Prisma
      request.copy?.({ from: 'hit', stamps, text, lifeMs, learned, ageMs })
      events.emit('hit', { ...about, key: plan.entry, source: 'redis', age })
      if (age !== 'fresh')
        beside(
          refresh({
            plan,
            operation,
            terms,
            stamps,
            standing,
            before: beforeOf(entry, stamps),
            load: () => loadOrNone(stamps),
          }),
        )
      return shape.answer(value)
    }

    /** Of a row that is gone, a refresh learns by Prisma's error only. */
    async function loadOrNone(stamps: Stamps) {
      try {
        return await load(stamps)
      } catch (error) {
        if (orThrow && isNotFound(error)) return { value: null, text: NONE }
        throw error
      }
    }

    async function miss(found: Hit | Miss, stamps: Stamps): Promise<unknown> {
      if (!attempt.deadline) events.emit('miss', { ...about, key: plan.entry, reason })
      const deadline = attempt.deadline ?? performance.now() + link.leaseMs
      const { standing } = found
      // A mark speaks for the stamps that it was found under.
      const mark = found.kind === 'miss' && stamps === found.stamps ? found.mark : undefined
      const hot = asking.get(plan.entry)! >= HOT
      const lookAgain = () => look(request, false)
      const { copy } = request
      const before = beforeOf(found, stamps)
      const asked = { plan, operation, terms, stamps, standing, mark, known, before, hot, deadline }
      const { loaded: brought, first } = await flights.run(`${plan.entry} ${stampLine(stamps)} ${lane}`, () =>
        loadOnce(link, events, { ...asked, copy, load: () => load(stamps), lookAgain, beside }),
      )
      if (brought.kind === 'loaded') return answerOf({ loaded: brought.loaded, first })
      const kept = brought.kind === 'found' ? readable(shape, brought.text) : undefined
      if (!kept) return await readPlanned(request, { asksAge: attempt.asksAge, deadline })
      return kept.value === null && orThrow ? await request.load() : shape.answer(kept.value)
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

  return {
    read,
    learns: (model, shape) => ({
      expecting: () => learner.expecting(model, shape()),
      observed: (interval) => learner.observed(model, shape(), interval),
      ofModel: () => learner.ofModel(model),
    }),
    async idle() {
      while (background.size > 0) await Promise.all(background)
    },
  }
}

function isStrong({ policy }: IndexedModel): boolean {
  return policy.strategy !== 'none' && policy.consistency === 'strong'
}

function isMixed({ models }: ReadRequest['plan']): boolean {
  return !models.every(isStrong)
}

/** Under other stamps than these a write was seen since, and a change says nothing of those that are not. */
function beforeOf(found: Hit | Miss, stamps: Stamps): Before {
  const learned = found.standing === undefined ? undefined : learnedOf(found.standing)
  if (found.kind === 'miss' || found.ageMs === undefined || found.stamps !== stamps)
    return { learned, watched: undefined }
  return { learned, watched: { text: found.text, ageMs: found.ageMs } }
}
