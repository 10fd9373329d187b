import { type Args, type Call, isRead, type Stepwise } from '../operation.js'
import type { Models } from '../schema/models.js'
import type { Bench } from './bench.js'

/**
 * Keeps what write-behind may rightly answer otherwise out of the comparison: what another session has pending is
 * flushed before a session, or a class of consistency, that need not see it reads, and what Postgres may refuse is flushed
 * at once.
 */
export function createQueueWatch({ cached, eventual }: Bench, models: Models, flushed: () => void) {
  /** Models with writes accepted since the last operation. */
  const accepted = new Set<string>()
  const sessions = new Set<string>()
  for (const client of cached) client.$cache.on('accept', ({ model }) => accepted.add(model))

  async function flush(): Promise<boolean> {
    sessions.clear()
    try {
      await cached[0]!.$cache.flush()
      return false
    } catch (error) {
      if ((error as { code?: unknown }).code === 'PC1303') return true
      throw error
    } finally {
      flushed()
    }
  }

  return {
    settle: flush,
    async settleOthers(session: string, operation: Stepwise): Promise<void> {
      if (isStrong(operation)) return
      const seesOwn = !readsOf(operation).some(({ model }) => eventual.has(model))
      if ([...sessions].some((name) => name !== session || !seesOwn)) await flush()
    },
    /**
     * What the plain client was refused, the queue may have accepted: it is flushed, and must be refused now. A row that
     * others may refer to is flushed when it comes or goes, since a write past the queue does not wait for it.
     *
     * @returns whether Postgres refused any of what the operation had accepted
     */
    async settleRisky(session: string, operation: Stepwise, plainFailed: boolean): Promise<boolean> {
      if (accepted.size === 0) return false
      sessions.add(session)
      const referenced = [...accepted].some((name) => models.get(name).relations.some(({ from }) => from.length === 0))
      accepted.clear()
      return plainFailed || (referenced && !isUpdate(operation)) ? await flush() : false
    },
  }
}

const isUpdate = (operation: Stepwise) =>
  operation.kind === 'single' && operation.step.kind === 'call' && operation.step.operation === 'update'

/** Reads outside a transaction. */
function readsOf(operation: Stepwise): readonly Call[] {
  const calls = operation.kind === 'together' ? operation.calls : operation.kind === 'single' ? [operation.step] : []
  return calls.filter((call) => call.kind === 'call').filter(isRead)
}

/** A strong read sees what anybody has accepted, and sees to it itself. */
function isStrong(operation: Stepwise): boolean {
  if (operation.kind !== 'single' || operation.step.kind !== 'call') return false
  return (operation.step.args.cache as Args | undefined)?.consistency === 'strong'
}
