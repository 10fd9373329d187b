import { setTimeout as after } from 'node:timers/promises'
import type { Check } from '../checks/check.js'
import type { Stack } from './stack.js'

const GIVE_UP_MS = 10_000

/** kill -9 at a moment when acknowledged rows are waiting in the queue; then a new worker. */
export async function killDuringLoad(stack: Stack, delayMs: number): Promise<Check> {
  await after(delayMs)
  const giveUp = performance.now() + GIVE_UP_MS
  let waiting = 0
  while (waiting === 0 && performance.now() < giveUp) {
    const pending = await stack.api.call('pending')
    waiting = Object.values(pending).reduce((sum, count) => sum + count, 0)
  }
  const { pid, downMs } = await stack.replaceWorker()
  return {
    name: 'Worker killed',
    ok: waiting > 0,
    numbers:
      `SIGKILL to process ${pid} with ${waiting} rows pending; a new worker after ${Math.round(downMs)} ms. ` +
      'Nothing acknowledged may be missing above',
  }
}
