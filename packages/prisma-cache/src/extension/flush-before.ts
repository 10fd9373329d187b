import type { IndexedModel } from '../planner/model-index.js'
import type { Engine } from './operation-context.js'
import type { TransactionOfOperation } from './prisma-internals.js'

export function pendingModelsOf(models: readonly IndexedModel[]): string[] {
  return models.filter((model) => model.policy.strategy === 'writeBehind').map((model) => model.name)
}

/** Before a read that only the database can answer: what this session has pending on these models is applied. */
export async function flushOwn(
  engine: Engine,
  models: readonly string[],
  transaction: TransactionOfOperation,
): Promise<void> {
  const session = engine.session()
  const marks = session.pendingOf(waitable(engine, models, transaction))
  if (marks.size === 0) return
  await engine.writeBehind.flushUpTo(marks)
  session.applied(marks)
}

/** Before a write that goes to the database past the queue: whatever anybody has pending on these models is applied. */
export async function flushAll(
  engine: Engine,
  models: readonly string[],
  transaction: TransactionOfOperation,
): Promise<void> {
  const names = waitable(engine, models, transaction)
  if (names.length === 0) return
  await engine.writeBehind.flushModels(names)
}

/**
 * A transaction that has written a model may hold the very row locks that a flush of it needs, and would wait for
 * itself: it flushes before its first write of the model and not again.
 */
function waitable(engine: Engine, models: readonly string[], transaction: TransactionOfOperation): readonly string[] {
  if (models.length === 0 || transaction.kind !== 'interactive') return models
  const written = engine.transactions.get(transaction.id)?.models
  return written ? models.filter((model) => !written.has(model)) : models
}
