import { isRead, type Stepwise } from '../operation.js'
import type { CachedClient, DynamicClient } from './client.js'

/**
 * A near copy may lag behind another client's write by the time of a push, which no class but `strong` forbids and the
 * plain client does not show. So a client is let hear of what others wrote before it is compared, and of nothing else:
 * its own writes, and those of the session that is carried to it, it must see without.
 */
export function createNearWatch(cached: readonly CachedClient[]) {
  /** Of each client, the sessions in which something was written since it last heard of everything. */
  const unheard = cached.map(() => new Set<string>())

  return {
    async settle(session: string, { client }: { readonly client: number }): Promise<void> {
      if (![...unheard[client]!].some((name) => name !== session)) return
      await caughtUp(cached[client]!)
      unheard[client]!.clear()
    },
    performed(session: string, operation: Stepwise): void {
      if (!mayWrite(operation)) return
      for (const [client, sessions] of unheard.entries()) if (client !== operation.client) sessions.add(session)
    },
    /** The worker has written, in nobody's session. */
    flushed(): void {
      for (const sessions of unheard) sessions.add('')
    },
    async settleAll(): Promise<void> {
      await Promise.all(cached.map(caughtUp))
      for (const sessions of unheard) sessions.clear()
    },
  }
}

const CAUGHT_UP = Symbol.for('prisma-cache.caughtUp')

/** Resolves when the near copies of the client are told of everything that changed before the call. */
export async function caughtUp(client: DynamicClient): Promise<void> {
  const { $cache } = client as { $cache?: Record<symbol, (() => Promise<void>) | undefined> }
  await $cache?.[CAUGHT_UP]?.()
}

function mayWrite(operation: Stepwise): boolean {
  if (operation.kind === 'together') return !operation.calls.every(isRead)
  return operation.kind !== 'single' || operation.step.kind === 'raw' || !isRead(operation.step)
}
