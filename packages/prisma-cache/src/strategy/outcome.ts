/**
 * Did this error certainly leave the database unchanged, where it is that of one statement? Prisma's validation errors never reach it, and its known
 * request errors (P2…) are the database's own refusal, but for those that end a transaction or a connection at an
 * unknown point. Everything else (connection lost, timeout) counts as committed.
 */
export function isCertainFailure(error: unknown): boolean {
  if (error === null || typeof error !== 'object') return false
  const { name, code } = error as { name?: unknown; code?: unknown }
  if (isValidationError(error)) return true
  return (
    name === 'PrismaClientKnownRequestError' && typeof code === 'string' && /^P2/.test(code) && !UNCERTAIN.has(code)
  )
}

/** Did a foreign key refuse this, outside a raw statement? */
export function isForeignKeyFailure(error: unknown): boolean {
  return isCertainFailure(error) && (error as { code?: unknown }).code === 'P2003'
}

/** Was this refused before it reached the database? */
export function isValidationError(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'PrismaClientValidationError'
}

/** Did an `…OrThrow` find no row? */
export function isNotFound(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'P2025'
}

/** A transaction that ended by itself; a raw statement that failed for whatever reason. */
const UNCERTAIN = new Set(['P2028', 'P2010'])
