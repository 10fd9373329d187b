import { type Position, positionOf } from '../protocol/position.js'

/** The part of a Prisma client that is needed of a server. */
export interface SqlClient {
  $queryRawUnsafe(sql: string): PromiseLike<unknown>
}

/** Which cluster and which database of it. A position of one says nothing of another. */
const IDENTITY = `(SELECT system_identifier::text FROM pg_control_system()) || '/' || current_database() AS identity`

/**
 * The insert position: no commit that was answered lies past it, whatever `synchronous_commit` says. A standby that was
 * taken for a primary has none.
 */
export const PRIMARY_STATE = `SELECT ${IDENTITY},
  CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn()::text END AS lsn,
  CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn() END AS unflushed,
  CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END AS timeline`

/**
 * Makes the primary send what it has written: of a record that no commit follows, such as a hint bit on a page with a
 * checksum, replicas hear only when its log writer wakes up, which may take seconds.
 */
export const PRIMARY_FLUSH = `SELECT pg_logical_emit_message(true, 'prisma-cache', '')::text AS lsn`

/**
 * Everything up to the replay position is seen by a statement that begins after this one on the same connection, unless
 * both share one snapshot: hence the isolation. The timeline that is streamed may be read by its owner only; without it
 * that of the last restart point is told, which is never later.
 */
export const STANDBY_STATE = `SELECT ${IDENTITY}, pg_is_in_recovery() AS standby, pg_last_wal_replay_lsn()::text AS lsn,
  lpad(to_hex(greatest((SELECT timeline_id FROM pg_control_checkpoint()), (SELECT received_tli FROM pg_stat_wal_receiver))), 8, '0') AS timeline,
  current_setting('transaction_isolation') AS isolation`

export interface PrimaryState {
  readonly identity: string
  /** Undefined: it is no primary. */
  readonly position: Position | undefined
  /** Lies the position past what replicas may have been sent? */
  readonly unflushed: boolean
}

export interface StandbyState {
  readonly identity: string
  /** False: it was promoted, or never was one. */
  readonly standby: boolean
  readonly position: Position | undefined
  readonly readCommitted: boolean
}

type Text = string | null

export function readPrimary(rows: unknown): PrimaryState {
  const [row] = rows as { identity: string; lsn: Text; timeline: Text; unflushed: boolean | null }[]
  if (!row) throw new Error('the primary answered nothing')
  return { identity: row.identity, position: positionOf(row.timeline, row.lsn), unflushed: row.unflushed === true }
}

export function readStandby(rows: unknown): StandbyState {
  const [row] = rows as { identity: string; standby: boolean; lsn: Text; timeline: Text; isolation: string }[]
  if (!row) throw new Error('the replica answered nothing')
  const readCommitted = row.isolation === 'read committed'
  return { identity: row.identity, standby: row.standby, position: positionOf(row.timeline, row.lsn), readCommitted }
}
