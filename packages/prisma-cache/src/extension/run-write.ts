import { takeDurability } from '../planner/call-durability.js'
import { countVersions } from '../planner/count-versions.js'
import { relatedModels } from '../planner/dependencies.js'
import type { IndexedModel } from '../planner/model-index.js'
import { parentRows } from '../planner/parent-rows.js'
import { planEverything } from '../planner/plan-wide.js'
import { planWrite } from '../planner/plan-write.js'
import { planRaw, type RawPlan } from '../planner/raw-plan.js'
import { rawText } from '../planner/raw-text.js'
import type { WritePlan } from '../planner/write-plan.js'
import type { RowTag, Tag } from '../protocol/tag.js'
import { isForeignKeyFailure } from '../strategy/outcome.js'
import { runPlanned } from '../strategy/run-planned.js'
import { type Held, writeDatabaseFirst } from '../strategy/write-database-first.js'
import { guarded } from './believed-row.js'
import { flushForWrite, flushNeighbours, flushOwn, flushRows, pendingModelsOf } from './flush-before.js'
import type { Engine, Operation } from './operation-context.js'

/** One write of a model: accepted into the queue where its policy says so and it can be, else database first. */
export async function runWrite(engine: Engine, model: IndexedModel, operation: Operation): Promise<unknown> {
  const { args: given, durability } = takeDurability(model, operation.args)
  const args = countVersions(engine.index, model, operation.operation, given)
  let alone = false
  if (model.policy.strategy === 'writeBehind') {
    const session = engine.session()
    const accepted =
      operation.transaction.kind === 'none'
        ? await engine.writeBehind.write(model, operation.operation, args, {
            ...(durability ? { durability } : {}),
            // Before it is confirmed: what is not may stand all the same.
            accepted: (shard, sequence) => session.markPending(model.name, shard, sequence),
          })
        : ({ kind: 'direct', reason: 'transaction', alone: undefined } as const)
    if (accepted.kind === 'accepted') return accepted.result
    engine.events.emit('direct', { model: model.name, operation: operation.operation, reason: accepted.reason })
    alone = accepted.alone === true
  }
  const plan = planWrite(engine.index, model, operation.operation, args)
  const counted = args === given ? plan : { ...plan, written: given }
  return await writePlanned(engine, await guarded(engine, model, counted, operation, args), operation, alone)
}

/** An operation that is unknown here, on a model or not: it may have written anything. */
export async function runUnknown(engine: Engine, operation: Operation): Promise<unknown> {
  const plan = planEverything(engine.index, operation.model ?? operation.operation, operation.args)
  return await writePlanned(engine, plan, operation)
}

/** Raw SQL. What it writes is what `$cache.writes` declares, else what the statement says, else anything. */
export async function runRaw(engine: Engine, operation: Operation): Promise<unknown> {
  const { index } = engine
  if (!index.anyCached) return await operation.query(operation.args)
  const declared = engine.declaredWrites()
  const plan: RawPlan = declared ? declaredPlan(declared) : await planRaw(index, rawText(operation.args))
  const models = index.names.flatMap((name) => index.get(name) ?? [])
  // A statement that writes may read too, and what the caller has pending is in no table yet.
  await flushOwn(engine, pendingModelsOf(models), operation)
  if (plan.kind === 'reads') return await operation.query(operation.args)
  const only = plan.kind === 'writes' ? plan.models : undefined
  return await writePlanned(engine, planEverything(index, operation.operation, operation.args, only), operation)
}

function declaredPlan(models: readonly string[]): RawPlan {
  return models.length === 0 ? { kind: 'reads' } : { kind: 'writes', models }
}

async function writePlanned(engine: Engine, plan: WritePlan, operation: Operation, alone = false): Promise<unknown> {
  if (!engine.index.anyCached) return (await runPlanned(plan, operation.query)).answer
  const { transaction } = operation
  const flush = () => flushed(engine, plan, operation, alone)
  const writes = transaction.kind === 'interactive' ? engine.transactions.get(transaction.id) : undefined
  if (writes) {
    const touched = modelsOf(
      engine,
      plan.before.map(({ model }) => model),
    )
    await writes.hold(plan, pendingModelsOf(touched))
    return await writes.write(plan, await flush())
  }
  const sent = transaction.kind === 'batch' ? asGiven(plan) : plan
  const held = heldBy(engine, plan)
  const answer = await writeDatabaseFirst(engine, sent, engine.session(), { held, flush })
  // The statements of an array are answered though another may have rolled them back.
  if (transaction.kind === 'none') await rowsWritten(engine, plan.before)
  return answer
}

/** What was rejected of these rows is not the last that was asked for any more. */
export async function rowsWritten(engine: Engine, tags: readonly Tag[]): Promise<void> {
  const rows = new Map<string, string[]>()
  for (const tag of rowsBehind(engine, tags)) rows.set(tag.model, [...(rows.get(tag.model) ?? []), tag.row])
  await Promise.all([...rows].map(([model, ids]) => engine.writeBehind.written(model, ids)))
}

/** What a write must keep out of the queue: the rows that it names, and all of the models of which it may write others. */
function heldBy(engine: Engine, plan: WritePlan): Held {
  const models = pendingModelsOf(modelsOf(engine, [...plan.wide, ...(plan.unnamed ? [plan.model] : [])]))
  return { rows: rowsBehind(engine, plan.before).filter(({ model }) => !models.includes(model)), models }
}

function rowsBehind({ index }: Engine, tags: readonly Tag[]): RowTag[] {
  return tags.filter(
    (tag): tag is RowTag => tag.kind === 'row' && index.get(tag.model)?.policy.strategy === 'writeBehind',
  )
}

/**
 * What is pending and comes before this write is applied.
 *
 * @param alone only pending changes of the rows that the plan names can come before it
 * @returns how to send it
 */
async function flushed(
  engine: Engine,
  plan: WritePlan,
  operation: Operation,
  alone: boolean,
): Promise<Operation['query']> {
  const touched = modelsOf(
    engine,
    plan.before.map((tag) => tag.model),
  )
  const rows = plan.before.flatMap((tag) => (tag.kind === 'row' ? [tag.row] : []))
  if (alone && plan.wide.size === 0) await flushRows(engine, plan.model, rows, operation)
  else await flushForWrite(engine, pendingModelsOf(touched), operation)
  // What the answer holds of other models, and the rows that are chosen by them, are read by the statement.
  const model = engine.index.get(plan.model)
  const read = model ? [...relatedModels(engine.index, model, operation.args)] : []
  await flushOwn(engine, pendingModelsOf(read), operation)
  const neighbours = pendingModelsOf(
    modelsOf(
      engine,
      touched.flatMap((model) => model.neighbours),
    ),
  )
  if (neighbours.length === 0) return operation.query
  if (operation.transaction.kind === 'none' && plan.ownKeysOnly) return againAfterFlush(engine, neighbours, operation)
  await flushNeighbours(engine, neighbours, operation)
  return operation.query
}

/**
 * A foreign key of the row may refer to one that is pending. Flushing before each write would cost every one of them;
 * so the few that Postgres refuses for it, with nothing written, are sent once more.
 */
function againAfterFlush(engine: Engine, neighbours: readonly string[], operation: Operation): Operation['query'] {
  return async (args) => {
    const began = performance.now()
    try {
      return await operation.query(args)
    } catch (error) {
      if (!isForeignKeyFailure(error) || !(await maySucceed(engine, operation, began))) throw error
      const wasPending = await hasPending(engine, neighbours)
      if (!(await flushNeighbours(engine, neighbours, operation))) throw error
      // Sent all the same: what was pending may have been applied just now.
      return await operation.query(args).catch((second: unknown) => {
        // Else the first error is the caller's: the second may come of sending twice, as by a number of a sequence.
        throw wasPending || isForeignKeyFailure(second) ? second : error
      })
    }
  }
}

/** Not where none of the rows that it refers to was pending when it was sent: a key that nobody has is refused again. */
async function maySucceed(engine: Engine, { model: name, args }: Operation, began: number): Promise<boolean> {
  const model = name === undefined ? undefined : engine.index.get(name)
  if (!model) return true
  return await engine.writeBehind.werePending(parentRows(engine.index, model, args), began).catch(() => true)
}

async function hasPending(engine: Engine, models: readonly string[]): Promise<boolean> {
  const stock = await engine.writeBehind.pending(models).catch(() => ({}))
  return Object.values(stock).some(({ count }) => count > 0)
}

function modelsOf(engine: Engine, names: readonly string[]): IndexedModel[] {
  return [...new Set(names)].flatMap((name) => engine.index.get(name) ?? [])
}

/**
 * A write in an array, of which another may fail. Prisma then gives this one its row as if it had not been rolled back,
 * so none is kept; or it refuses this one too, and what is sent a second time is committed alone, so nothing is.
 */
function asGiven({ original, written: _, ...plan }: WritePlan): WritePlan {
  const given = original === undefined ? plan : { ...plan, args: original, answer: (result: unknown) => result }
  return { ...given, put: () => undefined }
}
