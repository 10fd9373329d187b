import { PrismaCacheError } from '../errors/cache-error.js'
import type { IndexedModel } from '../planner/model-index.js'
import type { Engine, Operation } from './operation-context.js'
import type { TransactionOfOperation } from './prisma-internals.js'

export function pendingModelsOf(models: readonly IndexedModel[]): string[] {
  return models.filter((model) => model.policy.strategy === 'writeBehind').map((model) => model.name)
}

/** Before a read that only the database can answer: what this session has pending on these models is applied. */
export async function flushOwn(engine: Engine, models: readonly string[], operation: Operation): Promise<void> {
  const session = engine.session()
  const marks = session.pendingOf(waitable(engine, models, operation.transaction))
  if (marks.size === 0) return
  if (!(await applied(engine, operation, () => engine.writeBehind.flushUpTo(marks)))) return
  session.applied(marks)
  engine.horizon?.saw(session, [...marks.keys()])
}

/** Before a strong read: whatever anybody has pending on these models is applied. @throws PC1306 */
export async function flushAll(engine: Engine, models: readonly string[], operation: Operation): Promise<void> {
  const missed = await unflushed(engine, models, operation)
  if (operation.model !== undefined && missed.includes(operation.model)) throw notFlushed(operation, operation.model)
}

/**
 * Before a write that goes to the database past the queue: whatever anybody has pending on the models that it reaches
 * is applied, and nothing is written where that cannot be had. @throws PC1306
 */
export async function flushForWrite(engine: Engine, models: readonly string[], operation: Operation): Promise<void> {
  const [missed] = await unflushed(engine, models, operation)
  if (missed !== undefined) throw notFlushed(operation, missed)
}

/** Flushes the models. @returns those whose pending rows could not be reached */
async function unflushed(engine: Engine, models: readonly string[], operation: Operation): Promise<readonly string[]> {
  const names = waitable(engine, models, operation.transaction)
  if (names.length === 0) return []
  return (await applied(engine, operation, () => engine.writeBehind.flushModels(names))) ? [] : names
}

/** Before a write past the queue that only changes of its own rows can come in the way of. */
export async function flushRows(
  engine: Engine,
  model: string,
  rows: readonly string[],
  operation: Operation,
): Promise<void> {
  if (rows.length === 0) return
  const done = await applied(engine, operation, () => engine.writeBehind.flushRows(model, rows))
  if (!done) throw notFlushed(operation, model)
}

/**
 * Before a write that foreign keys may refuse while rows at their other end are pending. A transaction does so once a
 * model: what it has written since may hold the locks that a flush needs.
 *
 * @returns whether it was done; without Redis the database decides by what it has
 */
export async function flushNeighbours(
  engine: Engine,
  models: readonly string[],
  operation: Operation,
): Promise<boolean> {
  const { transaction } = operation
  const writes = transaction.kind === 'interactive' ? engine.transactions.get(transaction.id) : undefined
  const names = waitable(engine, models, transaction).filter((name) => !writes?.flushed.has(name))
  if (names.length === 0) return false
  for (const name of names) writes?.flushed.add(name)
  return await applied(engine, operation, () => engine.writeBehind.flushModels(names))
}

function notFlushed({ operation, model }: Operation, pending: string): PrismaCacheError {
  return new PrismaCacheError(
    'PC1306',
    `${operation}${model === undefined ? '' : ` of ${model}`} was not sent to the database: Redis is unreachable, and what is ` +
      `pending on ${pending} must be applied first: a strong read would miss it, and over a write it would be applied ` +
      'later. Nothing was changed; try again when Redis answers.',
  )
}

/**
 * @returns false when Redis is out of reach, which fails no read; what it cannot show is told by an event
 * @throws PC1302: the database or the worker did not get there in time
 */
async function applied(engine: Engine, operation: Operation, flush: () => Promise<void>): Promise<boolean> {
  await engine.link.settled()
  try {
    if (engine.link.isUp()) {
      await flush()
      return true
    }
  } catch (error) {
    const code = error instanceof PrismaCacheError ? error.code : undefined
    // What was rejected is out of the way too; it is told to those who wait for that write.
    if (code === 'PC1303') return true
    if (code !== undefined || engine.link.isUp()) throw error
  }
  const { model = operation.operation } = operation
  engine.events.emit('bypass', { model, operation: operation.operation, reason: 'pending-unreachable' })
  return false
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
