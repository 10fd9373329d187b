/** An object literal, or one like it: what it holds are its own enumerable properties. */
export function isLiteral(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isPrototypeOfLiterals(prototype)
}

/** Told by what it is, not by identity: each realm has one of its own. */
function isPrototypeOfLiterals(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** A literal in which JSON sees what Prisma sees. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isLiteral(value) && typeof value.toJSON !== 'function'
}

/** Any object but a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
