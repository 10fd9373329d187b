/** An object literal, or one like it: everything that Prisma and JSON see in it are its own enumerable properties. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && !isPrototypeOfLiterals(prototype)) return false
  return typeof (value as Record<string, unknown>).toJSON !== 'function'
}

/** Told by what it is, not by identity: each realm has one of its own. */
function isPrototypeOfLiterals(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** Any object but a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
