import type { RejectedChange } from './change.js'
import type { BatchName } from './seal.js'

/** The part of a Prisma client, or of its transaction, that the flush needs. */
export interface RawQueries {
  $queryRawUnsafe<T = unknown>(sql: string, ...values: unknown[]): Promise<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>
}

export interface FlushDatabase extends RawQueries {
  $transaction<T>(
    work: (tx: RawQueries) => Promise<T>,
    options?: { readonly maxWait?: number; readonly timeout?: number },
  ): Promise<T>
  /** A client with the cache extension would queue what the queue is to write. */
  readonly $cache?: never
}

/** Made by the user's migration from the model `PrismaCacheLedger`. */
export const LEDGER_TABLE = '_prisma_cache_ledger'
const EPOCH_ROW = '#epoch'

/** Rejects where the table is missing, or another one. */
export async function askLedger(database: RawQueries): Promise<void> {
  await database.$queryRawUnsafe(`SELECT shard, epoch, batch, rejected, updated_at FROM ${LEDGER_TABLE} LIMIT 0`)
}

export type Claim =
  | { readonly kind: 'mine' }
  /** Applied before, by this worker or another. `rejected` is known when this very batch was the last one. */
  | { readonly kind: 'taken'; readonly rejected: readonly RejectedChange[] }

/** Moves the ledger row of a shard to a name that is greater, and locks it. Parameters: shard, epoch, number. */
const moveTo = (first: number) =>
  `INSERT INTO ${LEDGER_TABLE} AS l (shard, epoch, batch, rejected, updated_at)
   VALUES ($${first}, $${first + 1}::text::bigint, $${first + 2}::text::bigint, NULL, now())
   ON CONFLICT (shard) DO UPDATE SET epoch = EXCLUDED.epoch, batch = EXCLUDED.batch, rejected = NULL, updated_at = now()
   WHERE (l.epoch, l.batch) < (EXCLUDED.epoch, EXCLUDED.batch)
   RETURNING 1 AS moved`

/**
 * Claims the batch and writes its rows in one statement, where they are all of one shape.
 *
 * @param write writes the rows of its parameter `$1::json`, and returns a text `r` for each
 * @returns what was returned; undefined when the name was taken, and nothing was written
 */
export async function claimAndWrite(
  tx: RawQueries,
  shard: string,
  name: BatchName,
  write: string,
  rows: string,
): Promise<readonly { r: string }[] | undefined> {
  // Whether the name is ours is known before the first row is read: the list of rows hangs on it.
  const mine = `CASE WHEN EXISTS (SELECT 1 FROM claim) THEN $1::json ELSE '[]'::json END`
  const answer = await tx.$queryRawUnsafe<{ r: string | null }[]>(
    `WITH claim AS (${moveTo(2)}), written AS (${write.replaceAll('$1::json', mine)})
     SELECT r FROM written UNION ALL SELECT NULL FROM claim`,
    rows,
    shard,
    String(name.epoch),
    String(name.number),
  )
  const returned = answer.filter((row): row is { r: string } => row.r !== null)
  return returned.length === answer.length ? undefined : returned
}

/**
 * Moves the shard's ledger row to this batch, unless it stands there or further already. The row stays locked until
 * the transaction ends: a second worker waits here, and then finds the name taken.
 *
 * @param shard names the shard among all caches that write to this database
 * @param queueEpoch the epoch of the Redis that the worker is connected to now
 */
export async function claimBatch(tx: RawQueries, shard: string, name: BatchName, queueEpoch: number): Promise<Claim> {
  const moved = await tx.$queryRawUnsafe<unknown[]>(moveTo(1), shard, String(name.epoch), String(name.number))
  if (moved.length > 0) return { kind: 'mine' }
  const [row] = await tx.$queryRawUnsafe<{ epoch: string; batch: string; rejected: string | null }[]>(
    `SELECT epoch::text AS epoch, batch::text AS batch, rejected::text AS rejected FROM ${LEDGER_TABLE} WHERE shard = $1`,
    shard,
  )
  if (!row) throw new Error(`the ledger row of ${shard} was deleted during the transaction`)
  if (Number(row.epoch) > queueEpoch) {
    // Nothing may be dropped on the word of a ledger that a Redis with another queue is moving.
    throw new Error(
      `the ledger row of ${shard} is at queue epoch ${row.epoch}, past this Redis' ${queueEpoch}: another Redis with the same namespace writes to this database, or this one is no longer the master`,
    )
  }
  const same = Number(row.epoch) === name.epoch && Number(row.batch) === name.number
  return { kind: 'taken', rejected: same && row.rejected ? (JSON.parse(row.rejected) as RejectedChange[]) : [] }
}

/** Keeps what was rejected for the worker that finds the batch taken. */
export async function recordRejected(
  tx: RawQueries,
  shard: string,
  rejected: readonly RejectedChange[],
): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE ${LEDGER_TABLE} SET rejected = $2::jsonb WHERE shard = $1`,
    shard,
    JSON.stringify(rejected),
  )
}

/** A queue epoch that no Redis has had before. */
export async function drawQueueEpoch(database: RawQueries): Promise<number> {
  const [row] = await database.$queryRawUnsafe<{ drawn: string }[]>(
    `INSERT INTO ${LEDGER_TABLE} AS l (shard, epoch, batch, updated_at) VALUES ($1, 0, 1, now())
     ON CONFLICT (shard) DO UPDATE SET batch = l.batch + 1, updated_at = now()
     RETURNING batch::text AS drawn`,
    EPOCH_ROW,
  )
  return Number(row!.drawn)
}
