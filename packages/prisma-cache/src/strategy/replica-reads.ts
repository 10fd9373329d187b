import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { EventBus, ModelEvent, PrimaryReason } from '../events/events.js'
import type { IndexedModel } from '../planner/model-index.js'
import type { ReadTerms } from '../planner/read-terms.js'
import type { Route } from '../planner/route.js'
import type { Stamps } from '../protocol/entry.js'
import { isAtOrPast, joinPositions, type Position, showPosition } from '../protocol/position.js'
import type { Tag } from '../protocol/tag.js'
import type { Question, Replica, ReplicaStatus } from '../replica/replica.js'
import type { Replicas } from '../replica/replicas.js'
import type { Link } from '../store/link.js'
import { readPositions, recordPositions } from '../store/positions.js'
import type { CausalSession } from './causal-session.js'
import type { FromReplica, Routed } from './read-through.js'

export interface ReplicaRead {
  readonly model: IndexedModel
  readonly operation: string
  readonly models: readonly IndexedModel[]
  readonly tags: readonly Tag[]
  readonly consistency: ConsistencyClass
  readonly terms: Pick<ReadTerms, 'ttlMs'>
  readonly route: Route
  readonly session: CausalSession
  /** The question with these arguments, or with the caller's own. */
  question(args: unknown): Question
}

/** What a replica must have replayed: to answer, and for its answer to be kept under the stamps of the lookup. */
export interface Needs {
  readonly serve: Position
  readonly keep: Position | undefined
}

export interface ReplicaReads {
  from(read: ReplicaRead): FromReplica
  /** Who would answer a load of this moment. Asks where the servers are, and no row of them. */
  explain(read: ReplicaRead, stamps: Stamps | undefined): Promise<RouteExplanation>
}

export interface RouteExplanation {
  readonly source: 'primary' | 'replica'
  readonly replica?: string
  readonly why: PrimaryReason | 'at-or-past'
  /** What a replica must have replayed: `timeline:high/low`. */
  readonly need?: string
  readonly replicas: readonly { readonly replica: string; readonly status: ReplicaStatus; readonly position?: string }[]
}

/** Of a value whose ttl is learned nothing is served that may be older, and anything may be out of date for so long. */
const LEARNED_TTL_MS = 1000
/** So old may be what this process knows of the primary, where it only tells how old an answer is. */
const SAMPLED_WITHIN_MS = 1000

/**
 * Loads from replicas. Whatever is loaded under stamps for a `session` has what every write of before these stamps has
 * left, so that who shares the load, or finds the fill, gets no less than from the primary. See docs/adr/0050.
 */
export function createReplicaReads(link: () => Link, events: EventBus, replicas: Replicas): ReplicaReads {
  const { primary } = replicas

  function primaryReason({ models, consistency, route, session }: ReplicaRead): PrimaryReason | undefined {
    const isStrong = ({ policy }: IndexedModel) => policy.strategy !== 'none' && policy.consistency === 'strong'
    if (consistency === 'strong' || models.some(isStrong)) return 'strong'
    if (models.some(({ scope }) => scope.length > 0)) return 'scoped'
    if (route.kind === 'primary' || route.kind === 'strong') return 'route'
    const wroteAt = session.wroteAt(models.map(({ name }) => name))
    if (wroteAt === undefined) return undefined
    if (route.kind === 'primaryAfterWrite' || route.kind === 'bypassAfterWrite') return 'own-write'
    return route.kind === 'sticky' && performance.now() - wroteAt < route.windowMs ? 'sticky' : undefined
  }

  /** Past everything that was published when these versions stood. Asked of the primary where that is not recorded. */
  async function needOfTags(tags: readonly Tag[], stamps: Stamps): Promise<Position | undefined> {
    const recorded = await readPositions(link(), tags, stamps)
    const missing = tags.flatMap((tag, i) => (recorded[i] ? [] : [{ tag, version: stamps.versions[i]! }]))
    if (missing.length === 0) return recorded.reduce(joinPositions)
    // The stamps were read before this is asked.
    const now = await primary.now()
    if (now) void recordPositions(link(), missing, stamps.epoch, now)
    return now && recorded.reduce(joinPositions, now)
  }

  async function needs(read: ReplicaRead, stamps: Stamps | undefined): Promise<Needs | undefined> {
    const keep = stamps && (await needOfTags(read.tags, stamps))
    if (read.consistency === 'eventual') {
      const serve = await primary.within(maxAgeOf(read))
      return serve === undefined ? undefined : { serve, keep }
    }
    const own = read.session.needOf(read.models.map(({ name }) => name))
    // Without stamps nothing else tells what the session has seen.
    const asked = keep === undefined || own === 'unknown' ? await primary.now() : undefined
    if (keep === undefined && asked === undefined) return undefined
    if (own === 'unknown' && asked === undefined) return undefined
    const serve = joinPositions(joinPositions(keep, asked), own === 'unknown' ? undefined : own)
    return serve === undefined ? undefined : { serve, keep }
  }

  async function find(read: ReplicaRead, { serve, keep }: Needs): Promise<Replica | undefined> {
    const fits = (position: Position) => (primary.ageOf(position) ?? Infinity) < maxAgeOf(read)
    // An eventual read takes what can be kept where it is to be had for nothing.
    const best = keep && joinPositions(serve, keep)
    const kept = best && best !== serve ? await replicas.find(best, fits, false) : undefined
    return kept ?? (await replicas.find(serve, fits, true))
  }

  async function ask(read: ReplicaRead, args: unknown, stamps: Stamps | undefined): Promise<Routed | undefined> {
    const { model, operation } = read
    const about: ModelEvent = { model: model.name, operation }
    const began = performance.now()
    const toPrimary = (reason: PrimaryReason, need?: Position) => {
      const ms = performance.now() - began
      events.emit('route', { ...about, source: 'primary', reason, ms, ...(need ? { need: showPosition(need) } : {}) })
      return undefined
    }
    const reason = primaryReason(read)
    if (reason) return toPrimary(reason)
    if (!(await replicas.any())) return toPrimary('no-replica')
    await primary.within(SAMPLED_WITHIN_MS)
    const wanted = await needs(read, stamps)
    if (!wanted) return toPrimary('unknown-position')
    const replica = await find(read, wanted)
    if (!replica) return toPrimary('behind', wanted.serve)
    const asked = await replica.ask(read.question(args))
    if (!asked || !isAtOrPast(asked.position, wanted.serve)) return toPrimary('refused', wanted.serve)
    const ageMs = primary.ageOf(asked.position)
    if (ageMs === undefined || ageMs >= maxAgeOf(read)) return toPrimary('refused', wanted.serve)
    events.emit('route', {
      ...about,
      source: 'replica',
      replica: replica.name,
      position: showPosition(asked.position),
      need: showPosition(wanted.serve),
      ms: performance.now() - began,
    })
    const behind = !wanted.keep || !isAtOrPast(asked.position, wanted.keep)
    return { value: asked.value, behind, ageMs }
  }

  return {
    from: (read) => ({
      // Others than `eventual` must not get what it may get.
      lane: primaryReason(read) ? 'primary' : read.consistency === 'eventual' ? 'eventual' : '',
      ask: (args, stamps) => ask(read, args, stamps),
    }),
    async explain(read, stamps) {
      const up = await replicas.any()
      const states = replicas.all.map((replica) => {
        const known = replica.known()
        return { replica: replica.name, status: replica.status(), ...(known ? { position: showPosition(known) } : {}) }
      })
      const toPrimary = (why: PrimaryReason, need?: string): RouteExplanation => ({
        source: 'primary',
        why,
        ...(need ? { need } : {}),
        replicas: states,
      })
      const reason = primaryReason(read) ?? (up ? undefined : 'no-replica')
      if (reason) return toPrimary(reason)
      await primary.within(SAMPLED_WITHIN_MS)
      const wanted = await needs(read, stamps)
      if (!wanted) return toPrimary('unknown-position')
      const need = showPosition(wanted.serve)
      const found = await find(read, wanted)
      if (!found) return toPrimary('behind', need)
      return { source: 'replica', replica: found.name, why: 'at-or-past', need, replicas: states }
    },
  }
}

function maxAgeOf({ terms }: ReplicaRead): number {
  return terms.ttlMs || LEARNED_TTL_MS
}
