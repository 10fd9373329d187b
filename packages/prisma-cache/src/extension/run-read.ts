import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { BypassReason } from '../events/events.js'
import { takeOverride } from '../planner/call-override.js'
import { dependencies } from '../planner/dependencies.js'
import type { IndexedModel } from '../planner/model-index.js'
import { planRead, type ReadPlan } from '../planner/plan-read.js'
import { flushAll, flushOwn, pendingModelsOf } from './flush-before.js'
import type { Engine, Operation } from './operation-context.js'

/** One read: planned, answered from the pending row, the cache or the database. */
export async function runRead(engine: Engine, model: IndexedModel, operation: Operation): Promise<unknown> {
  const { args, override } = takeOverride(operation.args)
  const about = { model: model.name, operation: operation.operation }
  const bypass = async (reason: BypassReason) => {
    engine.events.emit('bypass', { ...about, reason })
    await flushOwn(engine, pendingModelsOf(dependencies(engine.index, model, args) ?? [model]), operation)
    return await operation.query(args)
  }
  // A transaction sees its own writes, which nobody else may see before COMMIT.
  if (operation.transaction.kind !== 'none') return bypass('transaction')
  if (override?.off) return bypass('call')
  const plan = planRead(engine.index, engine.keys, model, operation.operation, args)
  if (plan.kind === 'bypass') return bypass(plan.reason)
  const policy = model.policy
  if (policy.strategy === 'none') return bypass('policy-none')
  const consistency = override?.consistency ?? policy.consistency
  const ofPending = await answerFromPending(engine, plan, operation, consistency)
  if (ofPending) return ofPending.answer
  return await engine.reads.read({
    plan,
    operation: operation.operation,
    consistency,
    ttlMs: override?.ttlMs ?? policy.ttl,
    session: engine.session(),
    load: (planned) => operation.query(planned ?? args),
  })
}

/**
 * A row of a write-behind model is answered from what is pending on it. Any other answer over such a model comes from
 * the database, so what this session has pending there is flushed first; for `strong`, what anybody has.
 */
async function answerFromPending(
  engine: Engine,
  plan: Exclude<ReadPlan, { kind: 'bypass' }>,
  operation: Operation,
  consistency: ConsistencyClass,
): Promise<{ answer: unknown } | undefined> {
  if (plan.kind === 'row' && plan.model.policy.strategy === 'writeBehind') {
    const pending = await engine.writeBehind.readRow(plan.model, plan.row)
    if (!pending) return undefined
    // Prisma words the error of a row that is deleted but not yet flushed: the deletion goes first.
    if (pending.row === null && operation.operation.endsWith('OrThrow')) {
      await engine.writeBehind.flushRow(plan.model, plan.row)
      return undefined
    }
    engine.events.emit('hit', {
      model: plan.model.name,
      operation: operation.operation,
      key: plan.entry,
      source: 'pending',
    })
    return { answer: pending.row && plan.project(pending.row) }
  }
  const models = pendingModelsOf(plan.models)
  if (consistency === 'strong') await flushAll(engine, models, operation)
  else if (consistency === 'session') await flushOwn(engine, models, operation)
  return undefined
}
