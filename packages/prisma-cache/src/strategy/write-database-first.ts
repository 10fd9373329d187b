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
import { isCertainFailure, isValidationError } from './outcome.js'
import { runPlanned, type Written } from './run-planned.js'
import { createWriter, refusedByPolicy, type Writer } from './writer.js'

export interface DatabaseFirst {
  readonly link: Link
  readonly events: EventBus
}

/** Of what nothing is accepted into the queue from before the flush until the write is published. */
export interface Held {
  readonly rows: readonly RowTag[]
  /** Models of which it may write rows that nobody can name before. */
  readonly models: readonly string[]
}

export interface Before {
  readonly held: Held
  /** Applies what is pending and comes before the write. @returns how to send it */
  flush(): Promise<(args: unknown) => Promise<unknown>>
}

/**
 * A write that goes to Postgres first, outside a transaction: fence where the plan asks for it, then the database, then
 * publish. Once the database has committed, nothing here rejects.
 *
 * Rows that are written behind are fenced, or their models held, before what is pending on them is flushed: what was accepted between that
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
    run = await unbroken(writer, plan, held, async () => {
      const run = await flush()
      if (!fenceBeside(writer, plan)) await fenceBefore(link, writer, plan)
      return run
    })
  } catch (error) {
    await writer.release()
    throw error
  }
  let written: Written
  try {
    written = await runPlanned(plan, run)
  } catch (error) {
    if (isValidationError(error) || (isCertainFailure(error) && !plan.inParts)) await writer.release()
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
export async function hold(link: Link, writer: Writer, plan: WritePlan, { rows, models }: Held): Promise<void> {
  if (rows.length + models.length === 0 || !link.isUp()) return
  const puts = plan.fenced ? [...new Set(rows.map(({ model }) => model))] : []
  try {
    await Promise.all([rows.length > 0 ? writer.fence(rows, puts) : undefined, writer.hold(models)])
  } catch (cause) {
    if (link.isUp()) throw notHeld(plan.model, cause)
  }
}

const ATTEMPTS = 3

/** A process that stood still for longer than its lease may have let others come between: what they did is flushed too. */
async function unbroken<T>(writer: Writer, plan: WritePlan, held: Held, prepare: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const prepared = await prepare()
    if (held.rows.length + held.models.length === 0 || writer.unbroken()) return prepared
    if (attempt === ATTEMPTS) throw notHeld(plan.model, new Error('its lease ended before it was sent'))
    await writer.mend().catch((cause: unknown) => {
      throw notHeld(plan.model, cause)
    })
  }
}

export function notHeld(model: string, cause: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1306',
    `the write to ${model} was not sent to the database: Redis did not keep other writes of these rows out of the queue ` +
      `meanwhile (${messageOf(cause) ?? 'no reason given'}), and they would be applied over it. Nothing was changed; try again.`,
    { cause },
  )
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
