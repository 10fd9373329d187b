import type { PolicySet } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { EventBus, Events } from '../events/events.js'
import type { CallDurability } from '../planner/call-durability.js'
import type { IndexedModel, ModelIndex } from '../planner/model-index.js'
import type { Parent } from '../planner/parent-rows.js'
import { planAccept } from '../planner/plan-accept.js'
import { shardOf } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { createConfirm } from '../queue/accept-durability.js'
import type { SequenceMarks } from '../queue/change.js'
import { checkPromises } from '../queue/check-redis.js'
import type { Flusher, PendingStock } from '../queue/flusher.js'
import { FlushRejectedError } from '../queue/flusher-rejected-error.js'
import { readPending } from '../queue/read-pending.js'
import { supersedeRejected } from '../queue/rejected.js'
import { wasPending } from '../queue/was-pending.js'
import type { Link } from '../store/link.js'
import { readAll } from '../store/read-all.js'
import { readBase } from '../strategy/read-base.js'
import type { PendingAnswer } from '../strategy/read-through.js'
import { createWriteBehind, type WriteBehindOutcome, type WriteOptions } from '../strategy/write-behind.js'
import { delegateOf } from './prisma-internals.js'

/** What the extension asks of write-behind. */
export interface QueueRoad {
  /** Why a write would go to Postgres first; undefined where it would be accepted. */
  whyDirect(model: IndexedModel, operation: string, args: unknown): string | undefined
  write(model: IndexedModel, operation: string, args: unknown, options?: WriteOptions): Promise<WriteBehindOutcome>
  /** The row as accepted, where something of it is pending. */
  readRow(model: IndexedModel, row: string): Promise<PendingAnswer>
  /** For a read: rejects only when it was not done in time. */
  flushRow(model: IndexedModel, row: string): Promise<void>
  /** What is pending on these rows alone: as `flushUpTo`, but what was rejected of others is told to others. */
  flushRows(model: string, rows: readonly string[]): Promise<void>
  /** The same of one row, for somebody who asks for it. @throws PrismaCacheError PC1101 */
  flushOne(model: string, row: string): Promise<void>
  flushUpTo(marks: SequenceMarks): Promise<void>
  flushModels(models: readonly string[]): Promise<void>
  pending(models: readonly string[]): Promise<Readonly<Record<string, PendingStock>>>
  /** These rows were written past the queue: what was rejected of them is superseded. Never rejects. */
  written(model: string, rows: readonly string[]): Promise<void>
  status(model: string, row: string): Promise<'clean' | 'pending' | 'rejected'>
  /** Was one of the rows pending at that moment of `performance.now()`, or since? Of a row that is not known: yes. */
  werePending(rows: readonly Parent[], since: number): Promise<boolean>
  close(): Promise<void>
}

export interface QueueRoadParts {
  readonly link: Link
  readonly events: EventBus
  readonly index: ModelIndex
  readonly policies: PolicySet
  readonly flusher: Flusher
  /** The client before this extension. */
  readonly client: object
}

/** An append-only file that is forced to disk every second may take twice that under load. */
const DURABLE_WITHIN_MS = 5000
const MEMORY = { kind: 'memory' } as const

export function createQueueRoad(parts: QueueRoadParts): QueueRoad {
  const { link, events, index, flusher } = parts
  const confirm = createConfirm({
    redis: link.redis,
    timeoutMs: DURABLE_WITHIN_MS,
    generation: link.generation,
  })
  const writeBehind = createWriteBehind({
    link,
    flusher,
    events,
    readBase: (name, row, key) => {
      const model = index.get(name)!
      return readBase(link, model, row, () => load(model, key))
    },
    confirm,
  })

  function load(model: IndexedModel, key: Row): Promise<unknown> {
    const { name, fields } = model.facts.primaryKey!
    const where = fields.length === 1 && fields[0] === name ? key : { [name]: key }
    return delegateOf(parts.client, model.name).findUnique({ where, select: model.wholeRow })
  }

  /** Is the pending row what it says, or did somebody write past the queue since its base was read? */
  async function readRow(model: IndexedModel, row: string): Promise<PendingAnswer> {
    if (!link.isUp()) return 'none'
    const { keys } = link
    const versionKeys = [
      keys.tag({ kind: 'row', model: model.name, row }).version,
      keys.tag({ kind: 'wide', model: model.name }).version,
      keys.epoch,
    ]
    const found = await Promise.all([readPending(link.redis, keys, model.kept, row), readAll(link, versionKeys)]).catch(
      () => undefined,
    )
    if (!found || found[0].kind === 'none') return 'none'
    const [pending, [version, wide, epoch]] = found
    const { base } = pending
    if (pending.complete && base.version === version && base.wide === wide && base.epoch === epoch) {
      return { row: pending.row }
    }
    await flushed(marksOf(model, row, pending.sequence))
    return 'flushed'
  }

  /** What was rejected is out of a reader's way too; it is told to those who wait for that write. */
  async function flushed(marks: SequenceMarks): Promise<void> {
    await flusher.flushUpTo(marks).catch((error: unknown) => {
      if (!(error instanceof FlushRejectedError)) throw error
    })
  }

  /** What was rejected of other rows is told to others. */
  async function flushRows(model: string, rows: readonly string[]): Promise<void> {
    const found = await Promise.all(rows.map((row) => link.redis.hget(link.keys.pendingRow(model, row), '#seq')))
    const shards = new Map<number, number>()
    for (const [i, row] of rows.entries()) {
      const sequence = Number(found[i] ?? 0)
      if (sequence > (shards.get(shardOf(row)) ?? 0)) shards.set(shardOf(row), sequence)
    }
    if (shards.size === 0) return
    await flusher.flushUpTo(new Map([[model, shards]])).catch((error: unknown) => {
      if (!(error instanceof FlushRejectedError)) throw error
      const own = error.rejected.filter((change) => change.model === model && rows.includes(change.row))
      if (own.length > 0) throw new FlushRejectedError(own)
    })
  }

  /** Compared once a connection, model and durability: a promise that the server cannot keep is no promise. */
  const kept = new Map<string, { readonly generation: number; readonly checked: Promise<unknown> }>()
  async function requireKept({ name, policy }: IndexedModel, asked: CallDurability | undefined): Promise<void> {
    if (policy.strategy !== 'writeBehind') return
    await link.settled()
    if (!link.isUp()) return
    // What is waited for until it is applied needs Redis to forget nothing until then, and no more.
    const durability = asked?.kind === 'applied' ? MEMORY : (asked ?? policy.durability)
    const id = `${name} ${JSON.stringify(durability)}`
    const known = kept.get(id)
    if (known?.generation === link.generation()) return void (await known.checked)
    const checked = checkPromises(link.redis, [{ model: name, durability, byCall: asked !== undefined }])
    kept.set(id, { generation: link.generation(), checked })
    checked.catch(() => kept.delete(id))
    await checked
  }

  function maxPendingOf(model: string): number {
    const policy = index.get(model)?.policy
    return policy?.strategy === 'writeBehind' ? policy.maxPending : 0
  }

  async function requireUp(call: string): Promise<void> {
    await link.settled()
    if (link.isUp()) return
    throw new PrismaCacheError(
      'PC1101',
      `${call} cannot be answered: ${link.downError().message}. Try again when it is.`,
    )
  }

  events.on('stock', warnOfStock)

  const decide = (model: IndexedModel, operation: string, args: unknown) =>
    planAccept(model.entry, operation, args, {
      enums: parts.policies.enums,
      ...(model.clientOmit ? { clientOmit: model.clientOmit } : {}),
    })

  return {
    whyDirect(model, operation, args) {
      const decision = decide(model, operation, args)
      return decision.kind === 'direct' ? decision.reason : undefined
    },
    async write(model, operation, args, options = {}) {
      const decision = decide(model, operation, args)
      if (decision.kind === 'direct') return decision
      await requireKept(model, options.durability)
      return await writeBehind.write(decision.plan, options)
    },
    readRow,
    async flushRow(model, row) {
      const marks = await flusher.marks([model.name])
      await flushed(marksOf(model, row, marks.get(model.name)?.get(shardOf(row)) ?? 0))
    },
    async flushOne(model, row) {
      await requireUp('a flush')
      await flushRows(model, [row])
    },
    flushRows,
    flushUpTo: (marks) => flusher.flushUpTo(marks),
    async flushModels(models) {
      await requireUp('a flush')
      await flusher.flushUpTo(await flusher.marks(models))
    },
    pending: async (models) => {
      await requireUp('$cache.pending')
      const stock = await flusher.pending(models)
      return Object.fromEntries(
        Object.entries(stock).map(([model, summary]) => [model, { ...summary, maxPending: maxPendingOf(model) }]),
      )
    },
    async written(model, rows) {
      if (link.isUp()) await supersedeRejected(link.redis, link.keys, model, rows).catch(() => {})
    },
    status: async (model, row) => {
      await requireUp('$cache.status')
      return await flusher.status(model, row)
    },
    async werePending(rows, since) {
      const { redis, keys } = link
      const asked = rows.map(({ model, row }) => row === undefined || wasPending(redis, keys, { model, row }, since))
      return (await Promise.all(asked)).includes(true)
    },
    async close() {
      confirm.close()
      await flusher.close()
    },
  }
}

/** An event alone would pass unseen, and a full stock shows in every writer. */
function warnOfStock({ model, state, rows, bound, onFull }: Events['stock']): void {
  if (state === 'full') return
  process.emitWarning(
    `${model}: ${rows} rows of one shard are pending, of ${bound} that it may hold (maxPending); when it is full, ` +
      `onFull: ${onFull}. Does the flush worker keep up?`,
    'PrismaCacheStock',
  )
}

function marksOf(model: IndexedModel, row: string, sequence: number): SequenceMarks {
  return new Map([[model.name, new Map([[shardOf(row), sequence]])]])
}
