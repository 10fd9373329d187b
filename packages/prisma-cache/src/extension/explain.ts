import { type ConsistencyClass, printPolicy } from '@prisma-cache/policy-dsl'
import { takeOverride } from '../planner/call-override.js'
import { rateOf, STALE_BOUND } from '../planner/learned-ttl.js'
import type { IndexedModel } from '../planner/model-index.js'
import { classify } from '../planner/operations.js'
import { planRead } from '../planner/plan-read.js'
import { planWrite } from '../planner/plan-write.js'
import { freshness } from '../planner/read-terms.js'
import type { Learned, Stamps } from '../protocol/entry.js'
import { type Tag, tagName, uniteTags } from '../protocol/tag.js'
import { lookup } from '../store/lookup.js'
import { NONE } from '../strategy/answer-shape.js'
import type { RouteExplanation } from '../strategy/replica-reads.js'
import { pendingModelsOf } from './flush-before.js'
import type { Engine } from './operation-context.js'
import { servesPending } from './run-read.js'
import { termsOf } from './terms-of.js'

export type Explanation = ReadExplanation | WriteExplanation

export interface ReadExplanation {
  readonly kind: 'read'
  /** As an annotation writes it. */
  readonly policy: string
  readonly consistency: ConsistencyClass | undefined
  /** Where the answer would come from at this moment. */
  readonly source: 'near' | 'redis' | 'pending' | 'postgres'
  /** Why it would: the reason of the event that the read would emit. */
  readonly why: string
  /** Of the entry in Redis; absent where the answer is never kept. */
  readonly key?: string
  readonly dependsOn: readonly Dependency[]
  /** `ttl: auto`: what was learned of the entry that stands. */
  readonly learned?: LearnedTtl
  /** Where there are replicas and the answer would not come from the cache: which server would be asked, and why. */
  readonly route?: RouteExplanation
}

export interface LearnedTtl {
  /** Changes by somebody whose writes were not seen. */
  readonly changesPerHour: number
  /** 0: it changes too fast to be cached. */
  readonly ttlMs: number
  /** The chance at most that an answer is stale just before the end of the ttl. */
  readonly bound: number
}

export interface Dependency {
  /** `r:Model:row`, `w:Model`, `k:Model:field=value`, `f:Model:field`, `t:Model`. */
  readonly tag: string
  readonly model: string
  /** In Redis now; absent where Redis was not asked, or a writer is in flight. */
  readonly version?: string
}

export interface WriteExplanation {
  readonly kind: 'write'
  readonly policy: string
  /** `queue`: accepted into Redis and flushed later. */
  readonly road: 'queue' | 'postgres'
  readonly why: string
  /** Tags that are touched before the rows come back; what they hold may name more, or spare some lists. */
  readonly touches: readonly string[]
  /** Is it refused while Redis is down, and by which model? */
  readonly refusedBy?: string
  readonly fenced: boolean
}

/**
 * What the policy says of an operation, and where its answer would come from now. Asks Redis, never the database; of
 * replicas and their primary only how far they are.
 */
export async function explain(
  engine: Engine,
  model: IndexedModel,
  operation: string,
  given: unknown,
): Promise<Explanation> {
  return classify(operation) === 'read'
    ? await explainRead(engine, model, operation, given)
    : explainWrite(engine, model, operation, given)
}

async function explainRead(
  engine: Engine,
  model: IndexedModel,
  operation: string,
  given: unknown,
): Promise<ReadExplanation> {
  const { args, override } = takeOverride(given)
  const { policy } = model
  const base = { kind: 'read' as const, policy: printPolicy(policy) }
  const fromPostgres = (why: string, consistency?: ConsistencyClass): ReadExplanation => ({
    ...base,
    consistency,
    source: 'postgres',
    why,
    dependsOn: [],
  })
  if (override?.off) return fromPostgres('call')
  const plan = planRead(engine.index, engine.keys, model, operation, args)
  if (plan.kind === 'bypass') return fromPostgres(plan.reason)
  if (policy.strategy === 'none') return fromPostgres('policy-none')
  const route = override?.route ?? engine.routes.of(model.name)
  const consistency = route.kind === 'strong' ? 'strong' : (override?.consistency ?? policy.consistency)
  if ((override?.read ?? policy.read).kind === 'none') return fromPostgres('read-none', consistency)
  const weaker = plan.models.some((one) => one.policy.strategy === 'none' || one.policy.consistency !== 'strong')
  if (consistency === 'strong' && weaker) return fromPostgres('mixed-consistency', consistency)

  await engine.link.settled()
  const { link } = engine
  const told = { ...base, consistency, key: plan.entry }
  const dependsOn = (versions?: readonly string[]): Dependency[] =>
    plan.tags.map((tag, i) => ({
      tag: tagName(tag),
      model: tag.model,
      ...(versions ? { version: versions[i]! } : {}),
    }))
  const terms = termsOf(engine, { plan, policy, consistency, override, operation, args })
  const session = engine.session()
  const routed = async (stamps?: Stamps) => {
    const asked = { ...plan, operation, consistency, terms, route, session }
    return engine.replicas ? { route: await engine.replicas.explain(asked, stamps) } : {}
  }
  const shows = route.kind === 'showPending'
  const [tag] = plan.tags
  const ofRow = tag?.kind === 'row' && policy.strategy === 'writeBehind' && plan.models.length === 1
  const looks = ofRow && consistency !== 'strong' && (plan.kind === 'row' || !shows) ? tag : undefined
  // What the session has pending is applied before a list is asked for, and then no entry is left of before it.
  const flushed = () => session.pendingOf(pendingModelsOf(plan.models)).size > 0
  if (!looks && consistency === 'session' && !shows && link.isUp() && flushed()) {
    return { ...told, source: 'postgres', why: 'flush', dependsOn: dependsOn(), ...(await routed()) }
  }
  if (link.unpublished.owes(plan.tags) || session.mistrusts(plan.tags)) {
    return { ...told, source: 'postgres', why: 'unpublished', dependsOn: dependsOn(), ...(await routed()) }
  }
  if (route.kind === 'bypassAfterWrite' && session.wroteAt(plan.models.map(({ name }) => name)) !== undefined) {
    return { ...told, source: 'postgres', why: 'after-write', dependsOn: dependsOn() }
  }
  const near = override?.near !== false
  const copy = engine.nearReads?.copyFor({ plan, consistency, terms, session: engine.session(), near })
  if (copy) return { ...told, source: 'near', why: 'hit, fresh', dependsOn: dependsOn(copy.stamps.versions) }
  if (looks) {
    const pending = await engine.writeBehind.readRow(model, looks.row)
    const served = typeof pending === 'object' && plan.kind === 'row' && servesPending(plan, pending.row, operation)
    if (served) return { ...told, source: 'pending', why: 'pending', dependsOn: dependsOn() }
    if (pending !== 'none') return { ...told, source: 'postgres', why: 'flush', dependsOn: dependsOn() }
  }
  const fences = plan.models.some((one) => one.policy.strategy !== 'none' && one.policy.consistency === 'strong')
  const found = await lookup(link, { entry: plan.entry, tags: plan.tags, fences, age: true })
  if (found.kind === 'unavailable') {
    return { ...told, source: 'postgres', why: 'redis-down', dependsOn: dependsOn(), ...(await routed()) }
  }
  if (found.kind === 'fenced') return { ...told, source: 'postgres', why: 'fenced', dependsOn: dependsOn() }
  const versions = dependsOn(found.stamps.versions)
  const loaded = async (why: string) => {
    return { ...told, source: 'postgres' as const, why, dependsOn: versions, ...(await routed(found.stamps)) }
  }
  if (found.kind === 'miss') return await loaded(found.reason)
  if (!engine.session().isCoveredBy(plan.tags, found.stamps.versions)) {
    return await loaded('behind')
  }
  const { lifeMs, ageMs, learned, text } = found
  const age = freshness(terms, { lifeMs, ageMs, learned, none: text === NONE })
  const source = age === 'expired' || age === 'unsettled' ? 'postgres' : 'redis'
  const rate = terms.learns && learned ? { learned: learnedRate(learned) } : {}
  if (source === 'postgres') return { ...(await loaded(age)), ...rate }
  return { ...told, ...rate, source, why: `hit, ${age}`, dependsOn: versions }
}

function learnedRate(learned: Learned): LearnedTtl {
  return { changesPerHour: rateOf(learned) * 3_600_000, ttlMs: learned.ttlMs, bound: STALE_BOUND }
}

function explainWrite(engine: Engine, model: IndexedModel, operation: string, args: unknown): WriteExplanation {
  const plan = planWrite(engine.index, model, operation, args)
  const direct = engine.writeBehind.whyDirect(model, operation, args)
  const touches = uniteTags(plan.before as readonly Tag[]).map(tagName)
  return {
    kind: 'write',
    policy: printPolicy(model.policy),
    road: direct === undefined ? 'queue' : 'postgres',
    why: direct ?? 'accepted',
    touches,
    ...(plan.refusedBy === undefined ? {} : { refusedBy: plan.refusedBy }),
    fenced: plan.fenced,
  }
}
