/**
 * Connections a process may open to Postgres. One value for the plain and for the cached client: a ratio between two
 * runs says nothing if one of them had more connections.
 */
export const API_POOL = 10
export const WORKER_POOL = 4
/** Reads of the primary that only compare; they are no part of either run's figures. */
export const PRIMARY_POOL = 2
/** Of each process, to the replica of `--replica-delay`. */
export const REPLICA_POOL = 5
