import type { Row } from '../../protocol/row-codec.js'
import type { RejectedChange } from '../change.js'
import { claimAndWrite, claimBatch, type FlushDatabase, type RawQueries, recordRejected } from '../ledger.js'
import type { SealedBatch, SealedRow } from '../seal.js'
import type { ModelSql } from './model-sql.js'
import { isRefusal, pgErrorOf } from './pg-error.js'
import { groupWritten, type Refused, type Written, writeCarefully, writeGroup } from './write-rows.js'

export interface Applied {
  /** False when the ledger says that the batch was applied before. */
  readonly now: boolean
  /** By row id: what Postgres has at the end of the transaction; null where there is no such row. */
  readonly rows: ReadonlyMap<string, Row | null>
  readonly rejected: readonly RejectedChange[]
}

/** What a batch is applied with, on whichever road. */
export interface Batching {
  /** Names the shard in the ledger. */
  readonly ledgerShard: string
  readonly queueEpoch: number
  readonly timeoutMs: number
  /** Rejected changes stay in Redis: where a row holds what must not, nothing of it is quoted. */
  readonly quotesRows?: boolean
  /**
   * Asked before rows are rejected. Throwing rolls everything back, for the batch to be tried again: what refuses them
   * may itself be waiting for a write that is pending.
   */
  readonly beforeReject?: (refused: readonly Refused[]) => Promise<void>
}

export interface ApplyOptions extends Batching {
  readonly database: FlushDatabase
  readonly sql: ModelSql
}

/**
 * Applies a sealed batch in one transaction, exactly once: what Postgres refuses is rejected alone, everything else
 * is written. Rejects, with nothing written, when Postgres could not be asked; the batch is tried again then.
 */
export async function applyBatch(batch: SealedBatch, options: ApplyOptions): Promise<Applied> {
  try {
    return (await inOneStatement(batch, options)) ?? (await inTransaction(batch, options, writeAtOnce))
  } catch (error) {
    // A constraint that is deferred refuses at COMMIT: then, too, the rows are taken one by one.
    const said = pgErrorOf(error)
    if (!said || !isRefusal(said)) throw error
    return await inTransaction(batch, options, writeCarefully)
  }
}

/** What a statement that both claims and writes leaves to the longer road: nothing of it is committed. */
class NotAtOnce extends Error {}

/**
 * A batch of one shape, in a transaction of one statement. A row that it does not find may be one that was made while
 * it waited for the ledger row, which a statement of its own would see.
 *
 * @returns undefined where that cannot be
 */
async function inOneStatement(batch: SealedBatch, options: ApplyOptions): Promise<Applied | undefined> {
  const { database, sql, ledgerShard, queueEpoch, timeoutMs } = options
  const [group, ...others] = sql.group(batch.rows)
  if (!group || others.length > 0) return undefined
  const work = async (tx: RawQueries): Promise<Applied> => {
    const answer = await claimAndWrite(tx, ledgerShard, batch.name, group.sql, sql.json(group.rows))
    if (!answer) {
      const claim = await claimBatch(tx, ledgerShard, batch.name, queueEpoch)
      if (claim.kind === 'mine') throw new NotAtOnce()
      return { now: false, rows: await readRows(tx, sql, batch.rows), rejected: claim.rejected }
    }
    const { returned, missing } = groupWritten(sql, group, answer)
    if (missing.length > 0) throw new NotAtOnce()
    return { now: true, rows: returned, rejected: [] }
  }
  try {
    return await database.$transaction(work, { maxWait: timeoutMs, timeout: timeoutMs })
  } catch (error) {
    if (error instanceof NotAtOnce) return undefined
    throw error
  }
}

type Write = (tx: RawQueries, sql: ModelSql, rows: readonly SealedRow[]) => Promise<Written>

async function inTransaction(batch: SealedBatch, options: ApplyOptions, write: Write): Promise<Applied> {
  const { database, sql, ledgerShard, queueEpoch } = options
  return database.$transaction(
    async (tx) => {
      const claim = await claimBatch(tx, ledgerShard, batch.name, queueEpoch)
      if (claim.kind === 'taken') {
        return { now: false, rows: await readRows(tx, sql, batch.rows), rejected: claim.rejected }
      }
      const { rows, refused } = await write(tx, sql, batch.rows)
      if (refused.length === 0) return { now: true, rows, rejected: [] }
      await options.beforeReject?.(refused)
      const rejected = refused.map((one) => rejectedChange(batch.model, one, options.quotesRows ?? true))
      await recordRejected(tx, ledgerShard, rejected)
      const standing = await readRows(
        tx,
        sql,
        refused.map((one) => one.row),
      )
      return { now: true, rows: new Map([...rows, ...standing]), rejected }
    },
    { maxWait: options.timeoutMs, timeout: options.timeoutMs },
  )
}

/** One statement a shape. Throws what Postgres refuses: no savepoint is paid for while all is well. */
async function writeAtOnce(tx: RawQueries, sql: ModelSql, rows: readonly SealedRow[]): Promise<Written> {
  const written: Written & { refused: Refused[] } = { rows: new Map(), refused: [] }
  for (const group of sql.group(rows)) {
    const { returned, missing } = await writeGroup(tx, sql, group)
    for (const [row, value] of returned) written.rows.set(row, value)
    written.refused.push(...missing)
  }
  return written
}

async function readRows(tx: RawQueries, sql: ModelSql, rows: readonly SealedRow[]): Promise<Map<string, Row | null>> {
  const found = await tx.$queryRawUnsafe<{ r: string }[]>(sql.select, sql.json(rows, true))
  const byKey = new Map(found.map(({ r }) => sql.read(r)).map((row) => [sql.identity(row), row]))
  return new Map(rows.map((row) => [row.row, byKey.get(sql.identity(row)) ?? null]))
}

export function rejectedChange(
  model: string,
  { row, error, brief, sqlState }: Refused,
  quotes: boolean,
): RejectedChange {
  const change = { ...row.change, model, row: row.row, error: quotes ? error : brief, at: Date.now() }
  return sqlState === undefined ? change : { ...change, sqlState }
}
