import type { SessionKind } from '../operation.js'
import type { CachedClient } from './client.js'

/**
 * Which session an operation stands in. One session is carried from client to client by its token, as a browser would
 * between processes, and sees every write made in it; beside it each client has its own.
 */
export function createSessions() {
  let token: string | undefined
  return {
    async within<R>(client: CachedClient, kind: SessionKind, work: () => Promise<R>): Promise<R> {
      if (kind === 'own') return await work()
      const run = async (session: { token(): string }) => {
        const result = await work()
        token = session.token()
        return result
      }
      const { session } = client.$cache
      return token === undefined ? await session(run) : await session.resume(token, run)
    },
    /** The carried session ends, and another begins. */
    begin(): void {
      token = undefined
    },
  }
}

/** Names the session, to tell whose writes are pending. */
export const sessionName = (kind: SessionKind, client: number): string => (kind === 'own' ? `own ${client}` : kind)
