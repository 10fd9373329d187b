import type { PolicySet } from '@prisma-cache/policy-dsl'
import { SHARDS } from '../protocol/keys.js'
import { FOREIGN_KEY, RESTRICT, UNIQUE } from '../queue/apply/pg-error.js'
import type { Refused } from '../queue/apply/write-rows.js'
import { lowestPending, readFlushState } from '../queue/flush-state.js'
import type { SealedBatch } from '../queue/seal.js'
import type { Link } from '../store/link.js'
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

interface Wait {
  readonly batch: string
  readonly since: number
  readonly marks: readonly (ShardOf & { readonly mark: number })[]
  attempts: number
  /** An attempt has begun after everything waited for was applied. */
  last: boolean
}

/** Two shards may wait for each other, so no wait is for ever. */
const FOREIGN_KEY_WAIT_MS = 10_000
const UNIQUE_WAIT_MS = 500

export function createNeighbours(link: Link, policies: PolicySet, urge: (shard: ShardOf) => Promise<void>): Neighbours {
  const waits = new Map<string, Wait>()
  const { keys } = link
  const behind = new Set(writeBehindModels(policies))

  async function pendingMarks(models: readonly string[], except: ShardOf): Promise<Wait['marks']> {
    const shards = models
      .flatMap((model) => Array.from({ length: SHARDS }, (_, shard) => ({ model, shard })))
      .filter(({ model, shard }) => model !== except.model || shard !== except.shard)
    const states = await Promise.all(shards.map(({ model, shard }) => readFlushState(link.redis, keys, model, shard)))
    return shards.flatMap((at, i) => {
      const { sequence } = states[i]!
      return lowestPending(states[i]!) <= sequence ? [{ ...at, mark: sequence }] : []
    })
  }

  async function stillPending(marks: Wait['marks']): Promise<Wait['marks']> {
    const states = await Promise.all(marks.map(({ model, shard }) => readFlushState(link.redis, keys, model, shard)))
    return marks.filter(({ mark }, i) => lowestPending(states[i]!) <= mark)
  }

  return {
    async beforeReject(batch, refused) {
      const foreign = refused.some(({ sqlState }) => sqlState === FOREIGN_KEY || sqlState === RESTRICT)
      const unique = refused.some(({ sqlState }) => sqlState === UNIQUE)
      if (!foreign && !unique) return
      const id = `${batch.model}.${batch.shard}`
      const name = `${batch.name.epoch}.${batch.name.number}`
      let wait = waits.get(id)
      if (wait?.batch !== name) {
        const related = policies.models[batch.model]!.facts.relations.map(({ model }) => model)
        const models = new Set(foreign ? related.filter((model) => behind.has(model)) : [])
        if (unique) models.add(batch.model)
        // Without relatives in the queue no foreign key can be waiting for one.
        if (models.size === 0) return
        const marks = await pendingMarks([...models], batch)
        if (marks.length === 0 && !foreign) return
        wait = { batch: name, since: performance.now(), marks, attempts: 0, last: false }
        waits.set(id, wait)
      } else if (wait.last || performance.now() - wait.since > (foreign ? FOREIGN_KEY_WAIT_MS : UNIQUE_WAIT_MS)) return
      const left = await stillPending(wait.marks)
      // What was applied just now may have come too late for this attempt: one more.
      if (left.length === 0) wait.last = true
      await Promise.all(left.map(urge))
      throw new WaitForNeighbours(left.length === 0 ? 0 : Math.min(10 * 2 ** wait.attempts++, 250))
    },
    settled: (batch) => void waits.delete(`${batch.model}.${batch.shard}`),
  }
}
