/** Every code the package throws with; each has its paragraph in `docs/errors.md`. */
export type ErrorCode =
  | 'PC1001' // extension applied twice
  | 'PC1002' // policies and client disagree on the models
  | 'PC1003' // options are not valid
  | 'PC1101' // Redis is unreachable and the policy rejects instead of bypassing
  | 'PC1102' // Redis cannot keep the durability that a policy promises
  | 'PC1103' // Redis may evict what must be kept
  | 'PC1201' // session token is not valid
  | 'PC1202' // session token is too old
  | 'PC1301' // a write-behind write could not be accepted
  | 'PC1302' // a flush did not finish in time
  | 'PC1303' // flushed writes were rejected by the database
  | 'PC1304' // the ledger table is missing
  | 'PC1305' // the database is unreachable for the worker
  | 'PC1306' // a pending row has no place in this operation
  | 'PC1307' // more rows are pending than the policy allows
  | 'PC1401' // an argument of a $cache call is not valid

/**
 * Misuse, or a promise that cannot be kept. The message says what happened, why, and what to do next.
 * `code` is stable; the text is not.
 */
export class PrismaCacheError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(`${code}: ${message}`, options)
    this.name = 'PrismaCacheError'
    this.code = code
  }
}
