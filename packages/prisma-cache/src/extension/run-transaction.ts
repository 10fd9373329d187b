import { isCertainFailure } from '../strategy/outcome.js'
import { createTransactionWrites } from '../strategy/transaction.js'
import type { Engine } from './operation-context.js'
import { type BaseClient, transactionIdOf } from './prisma-internals.js'
import { rowsWritten } from './run-write.js'

/**
 * `$transaction` as the client has it, with an end that the extension sees: after COMMIT the tags of its writes are
 * published before the caller goes on; after ROLLBACK nothing is.
 */
export async function runTransaction(
  engine: Engine,
  base: BaseClient,
  client: object,
  args: readonly unknown[],
): Promise<unknown> {
  const [callback, ...options] = args
  if (typeof callback !== 'function') return await base.$transaction.call(client, ...args)
  const outer = transactionIdOf(client)
  if (outer !== undefined) return await runNested(engine, base, client, outer, args)

  const writes = createTransactionWrites(engine.link, engine.events)
  const session = engine.session()
  let id: string | undefined
  let ended = false
  const observed = async (tx: object) => {
    id = transactionIdOf(tx)
    if (id !== undefined) engine.transactions.set(id, writes)
    const result: unknown = await callback(tx)
    await writes.beforeCommit()
    ended = true
    return result
  }
  try {
    const result = await base.$transaction.call(client, observed, ...options)
    await writes.committed(session)
    await rowsWritten(engine, writes.tags)
    return result
  } catch (error) {
    // The callback failed, or COMMIT was refused: rolled back. Else COMMIT was on its way and counts as done.
    if (!ended || isCertainFailure(error)) await writes.rolledBack()
    else {
      writes.forgetRows()
      await writes.committed(session)
    }
    throw error
  } finally {
    if (id !== undefined) engine.transactions.delete(id)
  }
}

/** A savepoint. Its writes belong to the outermost transaction, whose COMMIT decides. */
async function runNested(
  engine: Engine,
  base: BaseClient,
  client: object,
  outer: string,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    return await base.$transaction.call(client, ...args)
  } catch (error) {
    engine.transactions.get(outer)?.forgetRows()
    throw error
  }
}
