import { STABLE_FUNCTIONS } from './raw-functions.generated.js'

/**
 * Built-in functions that Postgres calls volatile, and that yet change no row of a table: what they change (a sequence,
 * a setting, a lock, a notification) is in no answer that is cached.
 */
const HARMLESS = (
  'clock_timestamp timeofday pg_sleep pg_sleep_for pg_sleep_until random random_normal setseed array_sample ' +
  'array_shuffle gen_random_uuid uuidv4 uuidv7 nextval currval lastval setval set_config pg_notify ' +
  'pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock ' +
  'pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_advisory_unlock ' +
  'pg_advisory_unlock_shared pg_advisory_unlock_all pg_blocking_pids pg_relation_size pg_table_size pg_indexes_size ' +
  'pg_total_relation_size pg_database_size pg_is_in_recovery pg_current_wal_lsn pg_current_wal_insert_lsn ' +
  'pg_current_wal_flush_lsn pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp'
).split(' ')

const READ_ONLY = new Set([...STABLE_FUNCTIONS, ...HARMLESS])

/**
 * Does a call of this name certainly change no row of a table? A name without a schema is taken for the built-in one,
 * which Postgres looks for first; an overload of the same name in another schema is not seen.
 */
export function isReadOnlyFunction(name: string, schema?: string): boolean {
  return (schema === undefined || schema === 'pg_catalog') && READ_ONLY.has(name)
}
