import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import type { EventBus } from '../events/events.js'
import type { WritePlan } from '../planner/write-plan.js'
import type { Tag } from '../protocol/tag.js'
import type { Link } from '../store/link.js'
import type { CausalSession } from './causal-session.js'
import { runPlanned } from './run-planned.js'
import { fenceBefore, hold, putsOf, type WrittenRow } from './write-database-first.js'
import { createWriter, owe, refusedByPolicy, type Writer } from './writer.js'

/**
 * What one interactive transaction has written so far. Identified by the transaction's own handle: a write by the root
 * client inside the callback is no part of it.
 */
export interface TransactionWrites {
  /** Runs one write of the transaction; its tags are published after COMMIT. */
  write(plan: WritePlan, run: (args: unknown) => Promise<unknown>): Promise<unknown>
  /**
   * Keeps every write of these models out of the queue until the end, before the transaction's first write of them: what
   * it writes later is not flushed again, and what it has written is not seen before COMMIT. @throws PC1306
   */
  hold(plan: WritePlan, models: readonly string[]): Promise<void>
  /**
   * Before COMMIT. Rejects with PC1306 when others may have written into the queue what it has held; with PC1101 when the fence of a `strong` model was lost and cannot be had again, unless the
   * model bypasses a cache that is down: then roll back.
   */
  beforeCommit(): Promise<void>
  /** After COMMIT, or when it may have happened. Never rejects. */
  committed(session: CausalSession): Promise<void>
  /** After a certain ROLLBACK. Never rejects. */
  rolledBack(): Promise<void>
  /** A part was rolled back to a savepoint, or a statement failed: which rows will stand is unknown, so none is put. */
  forgetRows(): void
  /** Models that the transaction has written. */
  readonly models: ReadonlySet<string>
  /** What it has written, as far as tags name it. */
  readonly tags: readonly Tag[]
  /** Models that were flushed because foreign keys of what it writes may need them. */
  readonly flushed: Set<string>
}

export function createTransactionWrites(link: Link, events: EventBus): TransactionWrites {
  const writer = createWriter(link, events, '$transaction')
  const tags: Tag[] = []
  const unsettled = new Set<WritePlan>()
  const rows = new Map<string, WrittenRow>()
  const models = new Set<string>()
  let held: WritePlan | undefined
  let mayPut = true
  let strong = false
  let refused: WritePlan | undefined

  return {
    models,
    tags,
    flushed: new Set(),
    forgetRows() {
      mayPut = false
    },
    async hold(plan, names) {
      if (names.length === 0) return
      await link.settled()
      held ??= plan
      await hold(link, writer, plan, { rows: [], models: names })
    },
    async write(plan, run) {
      await link.settled()
      for (const tag of plan.before) models.add(tag.model)
      await fenceBefore(link, writer, plan)
      if (plan.strong) strong = true
      if (plan.strong && plan.refusedBy !== undefined) refused ??= plan
      // A row image of an earlier statement does not outlive a statement that may change the row again.
      for (const tag of plan.before) if (tag.kind === 'row') rows.delete(`${tag.model}:${tag.row}`)
      for (const [name, row] of rows) if (plan.wide.has(row.model.name)) rows.delete(name)
      // Until its outcome is known: a statement that fails, or that nobody waits for, may still have been written.
      unsettled.add(plan)
      const { plan: done, result, answer, planned } = await runPlanned(plan, run)
      tags.push(...done.after(result))
      unsettled.delete(plan)
      const written = planned ? done.put(result) : undefined
      if (written) rows.set(`${written.model.name}:${written.row}`, written)
      return answer
    },
    async beforeCommit() {
      if (held) await unbroken(writer, held)
      if (!strong) return
      await writer.holdFast().catch((cause: unknown) => {
        if (refused) throw refusedByPolicy(refused, cause)
      })
    },
    async committed(session) {
      const all = [...tags, ...[...unsettled].flatMap((plan) => plan.worst)]
      if (all.length === 0) return
      try {
        const puts = mayPut ? putsOf(link.keys, writer, [...rows.values()]) : []
        await writer.publish(all, puts, session)
      } catch (cause) {
        owe(link, events, all, session, cause)
      }
    },
    rolledBack: () => writer.release(),
  }
}

/** What others have accepted meanwhile would be applied over the transaction. @throws PC1306 */
async function unbroken(writer: Writer, { model }: WritePlan): Promise<void> {
  const cause = await writer.holdFast().then(
    () => (writer.unbroken() ? undefined : new Error('its lease ended meanwhile')),
    (error: unknown) => error,
  )
  if (cause === undefined) return
  throw new PrismaCacheError(
    'PC1306',
    `the transaction was rolled back: it has written ${model}, and Redis did not keep other writes of it out of the queue until ` +
      `its end (${messageOf(cause) ?? 'no reason given'}); they would be applied over it. Nothing was changed; try again.`,
    { cause },
  )
}
