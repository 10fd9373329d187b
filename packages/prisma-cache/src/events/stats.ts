import type { EventBus, EventName, Events, LearnedRate } from './events.js'

/** Counts since the client was extended. */
export interface ModelStats {
  hits: number
  /** Of the hits: past their ttl, within the window of `staleWhileRevalidate`. */
  staleHits: number
  /** Of the hits: answered by a copy in this process. */
  nearHits: number
  misses: number
  bypasses: number
  fills: number
  /** Misses that a load of another process has answered; readers in this one that waited with it are not counted. */
  shared: number
  /** Loads that replace an entry which is still served. */
  refreshes: number
  conflicts: number
  accepts: number
  direct: number
}

export interface Stats {
  readonly models: Readonly<Record<string, Readonly<ModelStats>>>
  /** Writes published, and of them rows put into the cache. */
  readonly publishes: number
  readonly puts: number
  /** Committed writes whose publication had to be retried. */
  readonly unpublished: number
  readonly epochs: number
  /** `ttl: auto`: what this process has learned, by model. */
  readonly learned: Readonly<Record<string, LearnedStats>>
}

export interface LearnedStats extends LearnedRate {
  /** Looks at a value that found it changed though no write to it was seen, and that found it the same. */
  readonly changed: number
  readonly same: number
}

const COUNTED: { readonly [N in EventName]?: keyof ModelStats } = {
  hit: 'hits',
  miss: 'misses',
  bypass: 'bypasses',
  fill: 'fills',
  refresh: 'refreshes',
  shared: 'shared',
  conflict: 'conflicts',
  accept: 'accepts',
  direct: 'direct',
}

export function countEvents(events: EventBus): () => Stats {
  const models = new Map<string, ModelStats>()
  let publishes = 0
  let puts = 0
  let unpublished = 0
  let epochs = 0
  for (const [name, counter] of Object.entries(COUNTED) as [EventName, keyof ModelStats][]) {
    events.on(name, (event) => {
      const { model } = event as Events['hit']
      const stats = models.get(model) ?? {
        hits: 0,
        staleHits: 0,
        nearHits: 0,
        misses: 0,
        bypasses: 0,
        fills: 0,
        refreshes: 0,
        shared: 0,
        conflicts: 0,
        accepts: 0,
        direct: 0,
      }
      models.set(model, stats)
      stats[counter]++
      if (name !== 'hit') return
      if ((event as Events['hit']).age === 'stale') stats.staleHits++
      if ((event as Events['hit']).source === 'near') stats.nearHits++
    })
  }
  const learned = new Map<string, LearnedStats>()
  events.on('learn', ({ model, changed, ofModel }) => {
    const { changed: before = 0, same = 0 } = learned.get(model) ?? {}
    learned.set(model, { ...ofModel, changed: before + Number(changed), same: same + Number(!changed) })
  })
  events.on('publish', (event) => {
    publishes++
    if (event.put) puts++
  })
  events.on('unpublished', () => unpublished++)
  events.on('epoch', () => epochs++)
  return () => ({
    models: Object.fromEntries([...models].map(([name, stats]) => [name, { ...stats }])),
    publishes,
    puts,
    unpublished,
    epochs,
    learned: Object.fromEntries(learned),
  })
}
