import type { PolicySet } from '@prisma-cache/policy-dsl'
import { SHARDS } from '../protocol/keys.js'
import { FOREIGN_KEY, RESTRICT, UNIQUE } from '../queue/apply/pg-error.js'
import type { Refused } from '../queue/apply/write-rows.js'
import { lowestPending, readFlushState } from '../queue/flush-state.js'
import type { SealedBatch } from '../queue/seal.js'
import type { Link } from '../store/link.js'
import { readAll } from '../store/read-all.js'
import { type ShardOf, writeBehindModels } from './shards.js'

/** Thrown to try a batch again once what it may need has been applied. */
export class WaitForNeighbours extends Error {
  readonly delayMs: number

  constructor(delayMs: number) {
    super('waiting for pending writes that this batch may need')
    this.name = 'WaitForNeighbours'
    this.delayMs = delayMs
  }
}

/**
 * Refused rows may need writes that are accepted and not applied: a parent that is still pending, a child's delete, a
 * unique value that another row of the model is about to set free. Those shards go first, and the batch again.
 */
export interface Neighbours {
  /** @throws WaitForNeighbours while there is something to wait for; returns when the rows are to be rejected */
  beforeReject(batch: SealedBatch, refused: readonly Refused[]): Promise<void>
  settled(batch: SealedBatch): void
}

type Mark = ShardOf & { readonly mark: number }

interface Wait {
  readonly batch: string
  readonly began: number
  /** Since when the time of a circle counts. */
  since: number
  /** What foreign keys may need. */
  readonly parents: readonly Mark[]
  /** What may set unique values free. */
  readonly others: readonly Mark[]
  attempts: number
  /** An attempt has begun after everything waited for was applied. */
  last: boolean
}

/** Of shards that wait for each other. One that only stands still is waited for: nobody knows what it will bring. */
const CIRCLE_MS = 10_000
const UNIQUE_WAIT_MS = 500
/** What a shard says that it waits for is believed for several of its attempts. */
const NOTE_LIFETIME_MS = 5000

export interface NeighboursOptions {
  /** Milliseconds that shards which wait for each other may do so. Default 10000. */
  readonly circleMs?: number
  /** Milliseconds that a unique value may take to be set free. Default 500. */
  readonly uniqueMs?: number
}

export function createNeighbours(
  link: Link,
  policies: PolicySet,
  urge: (shard: ShardOf) => Promise<void>,
  { circleMs = CIRCLE_MS, uniqueMs = UNIQUE_WAIT_MS }: NeighboursOptions = {},
): Neighbours {
  const waits = new Map<string, Wait>()
  const { keys } = link
  const behind = new Set(writeBehindModels(policies))

  async function pendingMarks(models: readonly string[], except: ShardOf): Promise<readonly Mark[]> {
    const shards = models
      .flatMap((model) => Array.from({ length: SHARDS }, (_, shard) => ({ model, shard })))
      .filter(({ model, shard }) => model !== except.model || shard !== except.shard)
    const states = await Promise.all(shards.map(({ model, shard }) => readFlushState(link.redis, keys, model, shard)))
    return shards.flatMap((at, i) => {
      const { sequence } = states[i]!
      return lowestPending(states[i]!) <= sequence ? [{ ...at, mark: sequence }] : []
    })
  }

  async function stillPending(marks: readonly Mark[]): Promise<readonly Mark[]> {
    const states = await Promise.all(marks.map(({ model, shard }) => readFlushState(link.redis, keys, model, shard)))
    return marks.filter(({ mark }, i) => lowestPending(states[i]!) <= mark)
  }

  /**
   * Notes what this shard waits for. Does one of those wait for this one, by whatever way? Then none of them goes first.
   */
  async function isCircle(at: ShardOf, left: readonly ShardOf[]): Promise<boolean> {
    const note = JSON.stringify(left.map(nameOf))
    await link.redis.set(keys.shard(at.model, at.shard).waitsFor, note, 'PX', NOTE_LIFETIME_MS)
    const seen = new Set<string>()
    for (let next = left.map(nameOf); next.length > 0; ) {
      for (const name of next) seen.add(name)
      const notes = await readAll(link, next.map(noteOf))
      next = [...new Set(notes.flatMap((note) => (note ? (JSON.parse(note) as string[]) : [])))]
      if (next.includes(nameOf(at))) return true
      next = next.filter((name) => !seen.has(name))
    }
    return false
  }

  function noteOf(name: string): string {
    const at = name.lastIndexOf('.')
    return keys.shard(name.slice(0, at), Number(name.slice(at + 1))).waitsFor
  }

  return {
    async beforeReject(batch, refused) {
      const foreign = refused.some(({ sqlState }) => sqlState === FOREIGN_KEY || sqlState === RESTRICT)
      const unique = refused.some(({ sqlState }) => sqlState === UNIQUE)
      if (!foreign && !unique) return
      const id = nameOf(batch)
      const name = `${batch.name.epoch}.${batch.name.number}`
      let wait = waits.get(id)
      if (wait?.batch !== name) {
        const related = policies.models[batch.model]!.facts.relations.map(({ model }) => model)
        const parents = new Set(foreign ? related.filter((model) => behind.has(model)) : [])
        const others = unique && !parents.has(batch.model) ? [batch.model] : []
        // Without relatives in the queue no foreign key can be waiting for one.
        if (parents.size + others.length === 0) return
        const now = performance.now()
        const marks = { parents: await pendingMarks([...parents], batch), others: await pendingMarks(others, batch) }
        if (marks.parents.length + marks.others.length === 0 && !foreign) return
        wait = { batch: name, began: now, since: now, ...marks, attempts: 0, last: false }
        waits.set(id, wait)
      } else if (wait.last) return
      const [parents, others] = await Promise.all([stillPending(wait.parents), stillPending(wait.others)])
      const waited = performance.now() - wait.began > uniqueMs
      if (parents.length > 0) {
        if (!(await isCircle(batch, parents))) wait.since = performance.now()
        else if (performance.now() - wait.since > circleMs) return
      } else if (others.length > 0 && waited && wait.parents.length === 0) return
      // What was applied just now may have come too late for this attempt: one more.
      else if (others.length === 0 || waited) wait.last = true
      await Promise.all([...parents, ...others].map(urge))
      throw new WaitForNeighbours(wait.last ? 0 : Math.min(10 * 2 ** wait.attempts++, 250))
    },
    settled: (batch) => void waits.delete(nameOf(batch)),
  }
}

function nameOf({ model, shard }: ShardOf): string {
  return `${model}.${shard}`
}
