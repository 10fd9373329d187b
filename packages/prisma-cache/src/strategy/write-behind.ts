import type { Durability } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { EventBus } from '../events/events.js'
import type { CallDurability } from '../planner/call-durability.js'
import type { AcceptPlan } from '../planner/plan-accept.js'
import { shardOf } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { type AcceptBase, type AcceptReply, accept } from '../queue/accept.js'
import type { RejectedChange, SequenceMarks } from '../queue/change.js'
import type { Flusher } from '../queue/flusher.js'
import { FlushRejectedError } from '../queue/flusher-rejected-error.js'
import type { Link } from '../store/link.js'
import { readAll } from '../store/read-all.js'
import { asAcceptError, notAccepted, notFlushed } from './write-behind-errors.js'
import { createFullness } from './write-behind-full.js'

/** A row as the database or the cache has it, and what stood before it was read. */
export interface BaseRead {
  /** Null: there is none. */
  readonly row: Row | null
  readonly epoch: string
  readonly rowVersion: string
  readonly wideVersion: string
}

export interface WriteBehindOptions {
  readonly link: Link
  readonly flusher: Flusher
  readonly events: EventBus
  /** Reads a whole row past the queue. `key` holds the values of the primary key. Undefined: Redis cannot be used. */
  readBase(model: string, row: string, key: Row): Promise<BaseRead | undefined>
  /** Resolves when what was accepted in the slot of `key` is as durable as asked; rejects with PC1301. */
  confirm(durability: Durability, key: string, since: number): Promise<void>
  /** Milliseconds that a writer waits for room among the pending rows. Default 10000. */
  readonly roomWithinMs?: number
}

const ROOM_WITHIN_MS = 10_000

export type WriteBehindOutcome =
  | {
      readonly kind: 'accepted'
      readonly result: Row
      readonly model: string
      readonly row: string
      readonly shard: number
      readonly sequence: number
    }
  /** Prisma must do it, after everything that is pending on the model was flushed; `alone`: on the row. */
  | { readonly kind: 'direct'; readonly reason: string; readonly alone?: true }

export interface WriteBehind {
  /**
   * Performs the plan. Rejects with PC1301 when Redis did not take the write, or it is unknown whether it did; with
   * PC1303 when the write had to be flushed at once and the database rejected it.
   */
  write(plan: AcceptPlan, options?: WriteOptions): Promise<WriteBehindOutcome>
}

export interface WriteOptions {
  /** Instead of the policy's. `applied`: the answer comes when Postgres has the write, or the rejection. */
  readonly durability?: CallDurability
  /** Called as soon as Redis has it, also where the write then fails because that is not confirmed. */
  readonly accepted?: (shard: number, sequence: number) => void
}

type Accepted = Extract<AcceptReply, { kind: 'accepted' }>
type Current = { readonly wide: string | null; readonly epoch: string | null } | undefined

/** Writers past the queue can make a base stale again and again; Prisma then takes the write as well. */
const ATTEMPTS = 6

const overtaken = { kind: 'direct', reason: 'the row is being written past the queue' } as const

export function createWriteBehind(options: WriteBehindOptions): WriteBehind {
  const { link, flusher, events } = options
  const fullness = createFullness(flusher, events, options.roomWithinMs ?? ROOM_WITHIN_MS)

  async function write(plan: AcceptPlan, asked: WriteOptions = {}): Promise<WriteBehindOutcome> {
    await link.settled()
    if (!link.isUp()) throw notAccepted(plan.model, link.downError())
    let base: AcceptBase | undefined
    const since = performance.now()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const generation = link.generation()
      const { reply, current } = await send(plan, base)
      switch (reply.kind) {
        case 'accepted':
          return await finish(plan, asked, reply, current, generation)
        case 'needBase':
        case 'staleBase':
          base = await findBase(plan, current, reply.held)
          break
        case 'stalePending':
          await flushOlder(plan, reply.sequence)
          base = undefined
          break
        case 'full':
          if ((await fullness.refused(plan, reply.sequence, since)) === 'direct') return fullDirect(plan)
          // Somebody else may have been quicker, and it is only the time that counts.
          attempt--
          break
        case 'exists':
          return { kind: 'direct', reason: 'the row exists' }
        case 'missing':
          return { kind: 'direct', reason: 'the row does not exist' }
        case 'overflow':
          return { kind: 'direct', reason: 'an integer would leave the range of its column' }
        case 'fenced':
          return overtaken
        case 'unclaimed':
        case 'newer':
          throw new Error('only a rejected change that is tried again is answered so')
      }
    }
    return overtaken
  }

  /** The script, and beside it what stands now of what the base rests on: one round trip. */
  async function send(
    plan: AcceptPlan,
    base: AcceptBase | undefined,
  ): Promise<{ reply: AcceptReply; current: Current }> {
    const wideKey = link.keys.tag({ kind: 'wide', model: plan.model }).version
    const reading = readAll(link, [wideKey, link.keys.epoch]).catch(() => undefined)
    try {
      const reply = await accept(link.redis, link.keys, plan, base)
      const found = await reading
      return { reply, current: found && { wide: found[0] ?? null, epoch: found[1] ?? null } }
    } catch (cause) {
      throw asAcceptError(plan.model, cause)
    }
  }

  async function findBase(plan: AcceptPlan, current: Current, held: string): Promise<AcceptBase> {
    if (plan.operation === 'create' && plan.unrepeated && current?.wide && current.epoch) {
      return { kind: 'new', wide: current.wide, epoch: current.epoch }
    }
    const read = await options.readBase(plan.model, plan.row, plan.key)
    if (!read) throw notAccepted(plan.model, link.downError())
    const stamps = { version: read.rowVersion, wide: read.wideVersion, epoch: read.epoch, held }
    return read.row ? { kind: 'row', values: read.row, ...stamps } : { kind: 'absent', ...stamps }
  }

  async function finish(
    plan: AcceptPlan,
    { durability = plan.durability, accepted }: WriteOptions,
    reply: Accepted,
    current: Current,
    since: number,
  ): Promise<WriteBehindOutcome> {
    const { model, row } = plan
    const { sequence } = reply
    const shard = shardOf(row)
    fullness.accepted(plan, reply.stock)
    if (reply.opened) flusher.schedule(model, shard, plan.flushEvery)
    accepted?.(shard, sequence)
    link.replaced([{ kind: 'row', model, row }])
    if (durability.kind !== 'applied') await options.confirm(durability, link.keys.shard(model, shard).sequence, since)
    events.emit('accept', { model, operation: plan.operation, row, sequence })
    if (durability.kind === 'applied') await untilApplied(plan, sequence)
    const fresh = reply.complete && current?.wide === reply.base.wide && current.epoch === reply.base.epoch
    const merged = fresh ? reply.row : await readAgain(plan, reply)
    return { kind: 'accepted', result: plan.project(merged), model, row, shard, sequence }
  }

  /** All who wait for one shard share its flush. What was rejected of other rows is told to others. */
  async function untilApplied(plan: AcceptPlan, sequence: number): Promise<void> {
    try {
      await flusher.flushUpTo(upTo(plan, sequence))
    } catch (error) {
      const rejected = rejectedOf(error)
      if (!rejected) throw error
      const own = rejected.filter((change) => isOf(plan, change) && change.last >= sequence)
      if (own.length > 0) throw new FlushRejectedError(own)
    }
  }

  /**
   * The base was read before a write that may have touched any row: what was accepted stands, but the answer is only
   * known once it is applied. Of a deleted row nothing newer can be known than what was read.
   */
  async function readAgain(plan: AcceptPlan, reply: Accepted): Promise<Row> {
    try {
      await flusher.flushUpTo(upTo(plan, reply.sequence))
    } catch (error) {
      const rejected = rejectedOf(error)
      if (rejected?.some((change) => isOf(plan, change) && change.last >= reply.sequence)) throw error
      // It stands, and will be applied: an answer that rests on the older base is better than an error.
      if (!rejected) return reply.row
    }
    if (plan.operation === 'delete') return reply.row
    const read = await options.readBase(plan.model, plan.row, plan.key)
    return read?.row ?? reply.row
  }

  /** What was rejected of it is told to those who wait for it; this write goes on without it. */
  async function flushOlder(plan: AcceptPlan, sequence: number): Promise<void> {
    try {
      await flusher.flushUpTo(upTo(plan, sequence))
    } catch (error) {
      if (!rejectedOf(error)) throw notFlushed(plan.model, error)
    }
  }

  return { write }
}

/** Nothing is pending on the row. Unique values may be, which those that were accepted first are to get. */
function fullDirect(plan: AcceptPlan): WriteBehindOutcome {
  const takesUnique = 'create' in plan && plan.facts.uniques.length > 0
  return { kind: 'direct', reason: 'maxPending', ...(takesUnique ? {} : { alone: true }) }
}

function upTo(plan: AcceptPlan, sequence: number): SequenceMarks {
  return new Map([[plan.model, new Map([[shardOf(plan.row), sequence]])]])
}

/** What a flush says was rejected; undefined for any other failure. */
function rejectedOf(error: unknown): readonly RejectedChange[] | undefined {
  if (!(error instanceof PrismaCacheError) || error.code !== 'PC1303') return undefined
  return (error as { rejected?: readonly RejectedChange[] }).rejected ?? []
}

function isOf(plan: AcceptPlan, change: RejectedChange): boolean {
  return change.model === plan.model && change.row === plan.row
}
