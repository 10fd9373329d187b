import { setTimeout as after } from 'node:timers/promises'
import type { ApiMethods } from '../api/main.js'
import type { Remote } from '../process/child.js'

export interface PendingWatch {
  /** The most rows seen pending, by model. */
  stop(): Promise<Readonly<Record<string, number>>>
}

const EVERY_MS = 100

export function watchPending(api: Remote<Pick<ApiMethods, 'pending'>>): PendingWatch {
  const most: Record<string, number> = {}
  let watching = true
  const watch = async () => {
    while (watching) {
      for (const [model, count] of Object.entries(await api.call('pending'))) {
        most[model] = Math.max(most[model] ?? 0, count)
      }
      await after(EVERY_MS)
    }
  }
  const watched = watch()
  // Reported by `stop`; until then it must not count as unhandled.
  watched.catch(() => {})
  return {
    async stop() {
      watching = false
      await watched
      return most
    },
  }
}
