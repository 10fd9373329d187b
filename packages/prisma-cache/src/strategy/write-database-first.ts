import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import type { EventBus } from '../events/events.js'
import type { IndexedModel } from '../planner/model-index.js'
import { readableFields } from '../planner/projection.js'
import { lifeOf } from '../planner/read-terms.js'
import { rowEntryOf, scopeOf } from '../planner/scope.js'
import type { WritePlan } from '../planner/write-plan.js'
import type { Keys } from '../protocol/keys.js'
import type { RowTag } from '../protocol/tag.js'
import type { Link } from '../store/link.js'
import { type Put, touch } from '../store/publish.js'
import type { CausalSession } from './causal-session.js'
import { isCertainFailure } from './outcome.js'
import { runPlanned, type Written } from './run-planned.js'
import { createWriter, refusedByPolicy, type Writer } from './writer.js'

export interface DatabaseFirst {
  readonly link: Link
  readonly events: EventBus
}

export interface Before {
  /** Rows of which nothing is accepted into the queue from now until the write is published. */
  readonly held: readonly RowTag[]
  /** Applies what is pending and comes before the write. @returns how to send it */
  flush(): Promise<(args: unknown) => Promise<unknown>>
}

/**
 * A write that goes to Postgres first, outside a transaction: fence where the plan asks for it, then the database, then
 * publish. Once the database has committed, nothing here rejects.
 *
 * Rows that are written behind are fenced before what is pending on them is flushed: what was accepted between that
 * flush and the statement would rest on the row as it was, and be applied over what the statement made of it.
 */
export async function writeDatabaseFirst(
  { link, events }: DatabaseFirst,
  plan: WritePlan,
  session: CausalSession,
  { held, flush }: Before,
): Promise<unknown> {
  await link.settled()
  const writer = createWriter(link, events, plan.model)
  let run: (args: unknown) => Promise<unknown>
  try {
    await hold(link, writer, plan, held)
    run = await flush()
    if (!fenceBeside(writer, plan)) await fenceBefore(link, writer, plan)
  } catch (error) {
    await writer.release()
    throw error
  }
  let written: Written
  try {
    written = await runPlanned(plan, run)
  } catch (error) {
    if (isCertainFailure(error)) await writer.release()
    else await writer.publish(plan.worst, [], session)
    throw error
  }
  const { plan: done, result, answer, planned } = written
  await writer.settled()
  const puts = planned ? putsOf(link.keys, writer, [done.put(result)]) : []
  await writer.publish(done.after(result), puts, session)
  return answer
}

/** While Redis is down nothing is accepted either, and the flush says so. @throws PC1306 */
async function hold(link: Link, writer: Writer, plan: WritePlan, held: readonly RowTag[]): Promise<void> {
  if (held.length === 0 || !link.isUp()) return
  try {
    await writer.fence(held, plan.fenced ? [...new Set(held.map(({ model }) => model))] : [])
  } catch (cause) {
    if (!link.isUp()) return
    throw new PrismaCacheError(
      'PC1306',
      `the write to ${plan.model} was not sent to the database: Redis did not take the fence that keeps other writes of ` +
        `the row out of the queue meanwhile (${messageOf(cause) ?? 'no reason given'}), and they would be applied over it. ` +
        'Nothing was changed; try again.',
      { cause },
    )
  }
}

/** Where no reader is `strong`, a fence that is known to be as good is sent beside the statement. */
function fenceBeside(writer: Writer, plan: WritePlan): boolean {
  if (!plan.fenced || plan.strong || plan.refusedBy !== undefined) return false
  return writer.fenceBeside(plan.before, putModelsOf(plan))
}

const putModelsOf = ({ before }: WritePlan) => [
  ...new Set(before.flatMap((tag) => (tag.kind === 'row' ? [tag.model] : []))),
]

/** The step before the statement, alone or as one statement of a transaction. */
export async function fenceBefore(link: Link, writer: Writer, plan: WritePlan): Promise<void> {
  if (!plan.fenced) {
    if (plan.refusedBy !== undefined && !link.isUp()) throw refusedByPolicy(plan, link.downError())
    // Sent beside the statement: shrinks the window in which old rows are still served, promises nothing.
    if (plan.early && link.isUp()) touch(link, plan.before).catch(() => {})
    return
  }
  try {
    await writer.fence(plan.before, putModelsOf(plan))
  } catch (cause) {
    if (plan.refusedBy !== undefined) throw refusedByPolicy(plan, cause)
  }
}

export type WrittenRow = {
  readonly model: IndexedModel
  readonly row: string
  readonly values: Record<string, unknown>
}

export function putsOf(keys: Keys, writer: Writer, rows: readonly (WrittenRow | undefined)[]): Put[] {
  return rows.flatMap((written) => {
    if (!written) return []
    const { model, row, values } = written
    const wideVersion = writer.wideVersion(model.name)
    const scope = scopeOf(model, values)
    if (wideVersion === undefined || scope === undefined || model.policy.strategy === 'none') return []
    // Whoever reads the model past the cache has no use for the row.
    if (model.policy.read.kind === 'none') return []
    return [
      {
        tag: { kind: 'row', model: model.name, row },
        entry: rowEntryOf(keys, model, row, scope),
        body: model.codec.encode(values),
        lifeMs: lifeOf(model.policy),
        wideVersion,
        ...counterOf(model, values),
      },
    ]
  })
}

function counterOf({ version, kept }: IndexedModel, values: Record<string, unknown>): Pick<Put, 'counter'> {
  const position = readableFields(kept).findIndex(({ name }) => name === version)
  const value = values[version ?? '']
  if (position < 0 || (typeof value !== 'number' && typeof value !== 'bigint')) return {}
  return { counter: { position, value: String(value) } }
}
