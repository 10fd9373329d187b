import type { PolicySet } from '@prisma-cache/policy-dsl'
import { askLedger, drawQueueEpoch, type FlushDatabase, LEDGER_TABLE } from '../ledger.js'
import type { SealedBatch } from '../seal.js'
import { type Applied, applyBatch, type Batching } from './apply-batch.js'
import { createModelSql, type ModelSql } from './model-sql.js'

/** How a worker reaches the database: everything that it asks of it. */
export interface Road {
  /** Rejects where the ledger cannot be read. */
  check(): Promise<void>
  /** A queue epoch that no Redis has had before. */
  drawEpoch(): Promise<number>
  /** Whether anything of the namespace was ever applied. */
  hasApplied(namespace: string): Promise<boolean>
  /** See `applyBatch`. */
  apply(batch: SealedBatch, options: Batching): Promise<Applied>
}

/** Postgres by its own dialect: a statement a shape. */
export function createSqlRoad(database: FlushDatabase, policies: PolicySet, schema: string | undefined): Road {
  const made = new Map<string, ModelSql>()
  const sqlOf = (model: string) => {
    const sql = made.get(model) ?? createModelSql(policies.models[model]!.facts, policies.enums, schema)
    made.set(model, sql)
    return sql
  }
  return {
    check: () => askLedger(database),
    drawEpoch: () => drawQueueEpoch(database),
    async hasApplied(namespace) {
      const rows = await database.$queryRawUnsafe<unknown[]>(
        `SELECT 1 AS one FROM ${LEDGER_TABLE} WHERE starts_with(shard, $1) LIMIT 1`,
        `${namespace}:`,
      )
      return rows.length > 0
    },
    apply: (batch, options) => applyBatch(batch, { ...options, database, sql: sqlOf(batch.model) }),
  }
}
