/** What Postgres said, wherever Prisma and its adapter have put it. */
export interface PgError {
  readonly sqlState: string
  readonly message: string
  /** The same without the detail, which may quote the whole row. */
  readonly brief: string
}

/** Undefined for anything that did not come from Postgres as an answer: lost connections, timeouts, bugs. */
export function pgErrorOf(error: unknown): PgError | undefined {
  for (const cause of causesOf(error)) {
    const { originalCode, originalMessage, detail } = cause
    if (typeof originalCode !== 'string' || !/^[0-9A-Z]{5}$/.test(originalCode)) continue
    const message = typeof originalMessage === 'string' ? originalMessage : String(error)
    return {
      sqlState: originalCode,
      message: typeof detail === 'string' ? `${message} (${detail})` : message,
      brief: message,
    }
  }
  return undefined
}

function causesOf(error: unknown): Record<string, unknown>[] {
  const outer = error as { meta?: { driverAdapterError?: { cause?: unknown } }; cause?: unknown } | null | undefined
  return [outer?.meta?.driverAdapterError?.cause, outer?.cause, outer].filter(
    (cause): cause is Record<string, unknown> => typeof cause === 'object' && cause !== null,
  )
}

/**
 * Whether Postgres has refused the data, and will refuse it again. Everything else (connections, resources, conflicts
 * between transactions, a schema that is older or newer than the worker's) may be otherwise next time, and is retried.
 */
export function isRefusal({ sqlState, message }: Pick<PgError, 'sqlState' | 'message'>): boolean {
  if (/^(22|23|27|38|39|44|P0)/.test(sqlState)) return true
  switch (sqlState) {
    case '54000': // an index row that is too large, and the like
    case '21000':
    case '428C9': // a value for a generated column
      return true
    case '42501': // also stands for a missing privilege, which is the operator's to mend
      return message.includes('row-level security')
    default:
      return false
  }
}

export const FOREIGN_KEY = '23503'
export const RESTRICT = '23001'
export const UNIQUE = '23505'
