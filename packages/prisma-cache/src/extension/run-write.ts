import { refuseOverride } from '../planner/call-override.js'
import type { IndexedModel } from '../planner/model-index.js'
import { planEverything, planWrite, type WritePlan } from '../planner/plan-write.js'
import { isReadOnlySql } from '../planner/read-only-sql.js'
import { writeDatabaseFirst } from '../strategy/write-database-first.js'
import { flushAll, flushOwn, pendingModelsOf } from './flush-before.js'
import type { Engine, Operation } from './operation-context.js'

/** One write of a model: accepted into the queue where its policy says so and it can be, else database first. */
export async function runWrite(engine: Engine, model: IndexedModel, operation: Operation): Promise<unknown> {
  const { args } = operation
  refuseOverride(args)
  if (model.policy.strategy === 'writeBehind') {
    const session = engine.session()
    const accepted =
      operation.transaction.kind === 'none'
        ? await engine.writeBehind.write(model, operation.operation, args)
        : ({ kind: 'direct', reason: 'transaction' } as const)
    if (accepted.kind === 'accepted') {
      session.markPending(accepted.model, accepted.shard, accepted.sequence)
      return accepted.result
    }
    engine.events.emit('direct', { model: model.name, operation: operation.operation, reason: accepted.reason })
  }
  return await writePlanned(engine, planWrite(engine.index, model, operation.operation, args), operation)
}

/** An operation that is unknown here, on a model or not: it may have written anything. */
export async function runUnknown(engine: Engine, operation: Operation): Promise<unknown> {
  const plan = planEverything(engine.index, operation.model ?? operation.operation, operation.args)
  return await writePlanned(engine, plan, operation)
}

/** Raw SQL. What it writes is declared by `$cache.writes`, else unknown, unless it is certainly a plain SELECT. */
export async function runRaw(engine: Engine, operation: Operation): Promise<unknown> {
  const declared = engine.declaredWrites()
  const reads = operation.operation.startsWith('$queryRaw')
  if (declared ? declared.length === 0 : reads && isReadOnlySql(sqlOf(operation.args))) {
    const models = engine.index.names.flatMap((name) => engine.index.get(name) ?? [])
    await flushOwn(engine, pendingModelsOf(models), operation)
    return await operation.query(operation.args)
  }
  return await writePlanned(
    engine,
    planEverything(engine.index, operation.operation, operation.args, declared),
    operation,
  )
}

async function writePlanned(engine: Engine, plan: WritePlan, operation: Operation): Promise<unknown> {
  if (!engine.index.anyCached) return plan.answer(await operation.query(plan.args))
  const touched = [...new Set(plan.before.map((tag) => tag.model))].flatMap((name) => engine.index.get(name) ?? [])
  await flushAll(engine, pendingModelsOf(touched), operation)
  const { transaction } = operation
  const writes = transaction.kind === 'interactive' ? engine.transactions.get(transaction.id) : undefined
  if (writes) return await writes.write(plan, operation.query)
  return await writeDatabaseFirst(engine, plan, engine.session(), operation.query)
}

function sqlOf(args: unknown): string {
  if (Array.isArray(args)) return String(args[0])
  const { sql, strings } = args as { sql?: unknown; strings?: readonly string[] }
  return typeof sql === 'string' ? sql : (strings ?? []).join('?')
}
