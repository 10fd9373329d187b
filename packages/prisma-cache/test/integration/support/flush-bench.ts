import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { Redis } from 'ioredis'
import { rowIdOf } from '../../../src/planner/row-id.js'
import { encodeField } from '../../../src/protocol/field-codec.js'
import { createKeys, shardOf } from '../../../src/protocol/keys.js'
import type { Row } from '../../../src/protocol/row-codec.js'
import { type ApplyOptions, applyBatch } from '../../../src/queue/apply/apply-batch.js'
import { createModelSql } from '../../../src/queue/apply/model-sql.js'
import type { ChangeKind, SealedChange } from '../../../src/queue/change.js'
import type { FlushDatabase } from '../../../src/queue/ledger.js'
import type { SealedBatch, SealedRow } from '../../../src/queue/seal.js'
import { policies } from '../../prisma/generated/cache/index.js'
import { createBench } from './bench.js'

export interface PlannedChange {
  readonly kind: ChangeKind
  readonly set?: Row
  readonly add?: Readonly<Record<string, bigint | number>>
}

export type FlushBench = Awaited<ReturnType<typeof createFlushBench>>

/** Pending writes put into Redis by hand, in the format of `src/queue/change.ts`. */
export async function createFlushBench(overrides: (policies: PolicySet) => PolicySet = (same) => same) {
  const bench = await createBench()
  const set = overrides(policies as PolicySet)
  const keys = createKeys(bench.namespace)
  const redis: Redis = bench.redis()
  const prisma = bench.plain()
  const factsOf = (model: string) => set.models[model]!.facts
  let batch = 0

  const texts = (model: string, values: Row = {}) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        encodeField(factsOf(model).fields.find((field) => field.name === name)!, value),
      ]),
    )
  const digits = (add: PlannedChange['add'] = {}) =>
    Object.fromEntries(Object.entries(add).map(([name, delta]) => [name, String(delta)]))

  const self = {
    ...bench,
    policies: set,
    keys,
    store: redis,
    prisma,
    factsOf,
    rowId: (model: string, key: Row) => rowIdOf(factsOf(model), key)!,
    sqlOf: (model: string) => createModelSql(factsOf(model), set.enums),

    /** A change as sealed. */
    change(model: string, change: PlannedChange, first = 1): SealedChange {
      return {
        kind: change.kind,
        first,
        last: first,
        since: Date.now(),
        set: texts(model, change.set),
        add: digits(change.add),
      }
    },
    /** A batch of one shard, which Redis has never seen. */
    batch(
      model: string,
      changes: Readonly<Record<string, PlannedChange>>,
      name = { epoch: 1, number: ++batch },
    ): SealedBatch {
      const rows: SealedRow[] = Object.entries(changes).map(([row, change], i) => ({
        row,
        change: self.change(model, change, i + 1),
      }))
      return { model, shard: 0, name, rows }
    },
    apply(batch: SealedBatch, options: Partial<ApplyOptions> = {}) {
      return applyBatch(batch, {
        database: prisma as unknown as FlushDatabase,
        sql: self.sqlOf(batch.model),
        ledgerShard: `${bench.namespace}:${batch.model}.${batch.shard}`,
        queueEpoch: batch.name.epoch,
        timeoutMs: 10_000,
        ...options,
      })
    },

    /** Accepts a change as the acceptor would leave it: the open change, the pending row and the dirty set. */
    async accept(model: string, row: string, change: PlannedChange, pending: Row = {}): Promise<number> {
      const shard = keys.shard(model, shardOf(row))
      const sequence = await redis.incr(shard.sequence)
      const open = keys.openChange(model, row)
      const now = String(Date.now())
      const [version, wide, epoch] = await Promise.all([
        redis.get(keys.tag({ kind: 'row', model, row }).version),
        redis.get(keys.tag({ kind: 'wide', model }).version),
        redis.get(keys.epoch),
      ])
      const transaction = redis.multi()
      transaction.hsetnx(open, '#first', String(sequence)).hsetnx(open, '#since', now)
      transaction.hset(open, '#kind', change.kind, '#last', sequence)
      for (const [name, text] of Object.entries(texts(model, change.set))) transaction.hset(open, `=${name}`, text)
      for (const [name, delta] of Object.entries(digits(change.add))) transaction.hincrby(open, `+${name}`, delta)
      transaction.zadd(shard.dirty, 'NX', sequence, row)
      const row_ = keys.pendingRow(model, row)
      for (const [name, text] of Object.entries(texts(model, { ...change.set, ...pending })))
        transaction.hset(row_, `=${name}`, text)
      transaction.hset(row_, '#alive', change.kind === 'D' ? '0' : '1', '#seq', sequence, '#since', now)
      transaction.hset(row_, '#v', version ?? '', '#w', wide ?? '', '#e', epoch ?? '')
      await transaction.exec()
      return sequence
    },
    marks: (model: string, row: string, sequence: number) => new Map([[model, new Map([[shardOf(row), sequence]])]]),
  }
  return self
}
