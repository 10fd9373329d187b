import type { EventBus } from '../events/events.js'
import type { IndexedModel } from '../planner/model-index.js'
import { freshness } from '../planner/read-terms.js'
import type { Row } from '../protocol/row-codec.js'
import type { Link } from '../store/link.js'
import type { Copy } from '../store/near/copies.js'
import type { Near } from '../store/near/near.js'
import { NONE, shapeOf } from './answer-shape.js'
import type { CausalSession } from './causal-session.js'
import type { CopySource } from './keep-answer.js'
import type { Horizon } from './near-horizon.js'
import type { ReadRequest, ReadThrough } from './read-through.js'

export interface NearReadsParts {
  readonly link: Link
  readonly events: EventBus
  readonly near: Near
  readonly horizon: Horizon
  now?(): number
}

type Asked = Pick<ReadRequest, 'plan' | 'consistency' | 'terms' | 'session' | 'near'>

/** One whole row that is asked for; `models`: its own name alone. */
export interface AskedCopy extends Pick<ReadRequest, 'consistency' | 'terms' | 'session'> {
  readonly model: IndexedModel
  readonly models: readonly string[]
  readonly entry: string
}

export interface NearReads extends ReadThrough {
  /** The copy that would answer the read now. */
  copyFor(request: Asked): Copy | undefined
  /** A row that a copy holds, if that may be served now. It is shared: callers get copies of it. */
  sharedRow(asked: AskedCopy): SharedRow | undefined
}

export interface SharedRow {
  /** Null: there is no such row. */
  readonly row: Row | null
}

/** Reads that are answered by a copy in the process where its policy has one, else as they were. */
export function createNearReads(reads: ReadThrough, parts: NearReadsParts): NearReads {
  const { link, events, near, horizon, now = () => performance.now() } = parts

  function mayServe(
    { session, consistency, terms }: Pick<Asked, 'session' | 'consistency' | 'terms'>,
    models: readonly string[],
    copy: Copy,
  ): boolean {
    const { tags, stamps, lifeMs, learned, bornAt, endsAt, text } = copy
    const at = now()
    if (at >= endsAt) return false
    if (link.unpublished.owes(tags) || session.mistrusts(tags)) return false
    if (!session.isCoveredBy(tags, stamps.versions)) return false
    if (!horizon.isOpen(session, models, consistency)) return false
    return freshness(terms, { lifeMs, learned, ageMs: at - bornAt, none: text === NONE }) === 'fresh'
  }

  function copyFor(request: Asked, models: readonly string[] = namesOf(request.plan)): Copy | undefined {
    const { plan } = request
    const copy = ttlOf(request) === undefined ? undefined : near.find(plan.model.name, plan.entry)
    return copy && mayServe(request, models, copy) ? copy : undefined
  }

  function served(request: ReadRequest, models: readonly string[]): { readonly answer: unknown } | undefined {
    const { plan, operation } = request
    const copy = copyFor(request, models)
    if (!copy) return undefined
    sawCopy(request.session, models, copy)
    const shape = shapeOf(plan)
    const value = shape.decode(copy.text)
    if (value === null && operation.endsWith('OrThrow')) return undefined // Prisma's own error, worded by Prisma
    events.emit('hit', { model: plan.model.name, operation, key: plan.entry, source: 'near', age: 'fresh' })
    return { answer: shape.answer(value) }
  }

  /** A copy may be newer than others of the same models, of which nobody has been told yet that they are old. */
  function sawCopy(session: CausalSession, models: readonly string[], { asked }: Copy): void {
    if (!near.isPast(asked)) horizon.saw(session, models, asked)
  }

  /** The copy that tells what the answer tells, and no less. */
  function equalCopy({ plan }: ReadRequest, { from, stamps, text }: CopySource): Copy | undefined {
    const copy = from === 'hit' ? near.find(plan.model.name, plan.entry) : undefined
    return copy?.text === text && sameVersions(copy, stamps.versions) ? copy : undefined
  }

  return {
    read(request) {
      const { models } = request.plan
      return models.some(({ name }) => near.follows(name)) ? readFollowed(request) : reads.read(request)
    },
    learns: reads.learns,
    idle: reads.idle,
    copyFor: (request) => copyFor(request),
    sharedRow(asked) {
      const copy = near.find(asked.model.name, asked.entry)
      if (!copy || !mayServe(asked, asked.models, copy)) return undefined
      sawCopy(asked.session, asked.models, copy)
      copy.image ??= imageOf(asked.model, copy.text)
      return copy.image as SharedRow
    },
  }

  async function readFollowed(request: ReadRequest): Promise<unknown> {
    const { plan, session } = request
    const models = namesOf(plan)
    const hit = served(request, models)
    if (hit) return hit.answer
    const ttlMs = ttlOf(request)
    await link.settled()
    near.open()
    const moment = near.moment()
    let equal: Copy | undefined
    const copy = (source: CopySource) => {
      equal = equalCopy(request, source)
      if (ttlMs === undefined) return
      const { stamps, text, lifeMs, learned, ageMs = 0 } = source
      const { entry, tags, model } = plan
      const asked = equal?.asked ?? near.ask()
      near.keep(moment, { model: model.name, entry, text, tags, stamps, lifeMs, learned, ageMs, ttlMs, asked })
    }
    try {
      return await reads.read({ ...request, copy })
    } finally {
      if (equal) sawCopy(session, models, equal)
      else horizon.saw(session, models)
    }
  }
}

/** For how long a copy of the answer may be served; undefined: none may be kept. */
function ttlOf({ plan, consistency, near = true }: Asked): number | undefined {
  const { policy } = plan.model
  if (!near || consistency === 'strong' || policy.strategy === 'none') return undefined
  return policy.near.kind === 'on' ? policy.near.ttlMs : undefined
}

function namesOf(plan: ReadRequest['plan']): string[] {
  return plan.models.map((model) => model.name)
}

function imageOf({ codec }: IndexedModel, text: string): SharedRow {
  return { row: text === NONE ? null : codec.decode(text) }
}

function sameVersions(copy: Copy, versions: readonly string[]): boolean {
  return copy.stamps.versions.length === versions.length && versions.every((v, i) => v === copy.stamps.versions[i])
}
