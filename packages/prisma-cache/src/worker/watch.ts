import { modelSummary } from '../queue/flusher-summary.js'
import type { Link } from '../store/link.js'
import type { KnownEpoch, Seen } from './known-epoch.js'

export interface WatchOptions {
  readonly link: Link
  readonly epoch: KnownEpoch
  readonly models: readonly string[]
  readonly everyMs: number
  /** Where what was seen is noted. */
  readonly seen: Map<string, Seen>
  /** Puts the sweep into the queue; a Redis that comes back empty has none. */
  readonly ensureSweep: () => Promise<void>
  readonly onError: (error: unknown) => void
}

/**
 * What a worker looks after by itself, beside its jobs, since a Redis that comes back empty brings it none: whether this
 * is the Redis that it knows, that there is a sweep, and how much is pending.
 *
 * @returns a function that ends it
 */
export async function startWatch(options: WatchOptions): Promise<() => void> {
  const { link, epoch, models, seen } = options
  let swept: number | undefined
  let looking = false

  async function look(): Promise<void> {
    const generation = link.generation()
    // First: what is lost is told by what was seen before.
    await epoch.get()
    if (swept !== generation) await options.ensureSweep()
    swept = generation
    const counts = await Promise.all(models.map((model) => modelSummary(link.redis, link.keys, model)))
    if (link.generation() !== generation) return
    for (const [i, model] of models.entries()) seen.set(model, { count: counts[i]!.count, at: performance.now() })
  }

  await look()
  const timer = setInterval(() => {
    if (looking || !link.isUp()) return
    looking = true
    void look()
      .catch(options.onError)
      .finally(() => {
        looking = false
      })
  }, options.everyMs)
  return () => clearInterval(timer)
}
