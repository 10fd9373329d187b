import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 5

/** Resolves true once `condition` holds, false when it has not within `timeoutMs`. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) return false
    await sleep(POLL_MS)
  }
  return true
}
