/**
 * A Json value as it comes back from the database; undefined for one that is not certain to come back so. `null` at the
 * top is not among them: Prisma asks which null is meant.
 */
export function plainJson(value: unknown): unknown {
  if (value === null || !isPlain(value, new Set())) return undefined
  return JSON.parse(JSON.stringify(value))
}

function isPlain(value: unknown, within: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
      return isStorable(value)
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || isPlainObject(value, within)
    default:
      return false
  }
}

function isPlainObject(value: object, within: Set<object>): boolean {
  if (within.has(value)) return false
  within.add(value)
  const plain = Array.isArray(value)
    ? isDense(value) && value.every((item) => isPlain(item, within))
    : isRecord(value) && Object.entries(value).every(([key, item]) => isPlainKey(key) && isPlain(item, within))
  within.delete(value)
  return plain
}

/** A hole is an `undefined`, which Prisma refuses in a list. */
function isDense(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) if (!Object.hasOwn(list, i)) return false
  return true
}

/** Prisma writes its own types into JSON under keys that begin with `$`; a copy would lose a key `__proto__`. */
function isPlainKey(key: string): boolean {
  return isStorable(key) && !key.startsWith('$') && key !== '__proto__'
}

/** An object literal, or one like it: everything that Prisma and JSON see in it are its own enumerable properties. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  // The prototype of a literal is told by what it is, not by identity: each realm has one of its own.
  if (prototype !== null && (Object.getPrototypeOf(prototype) !== null || !Object.hasOwn(prototype, 'isPrototypeOf'))) {
    return false
  }
  return typeof (value as Record<string, unknown>).toJSON !== 'function'
}

/** Postgres keeps neither NUL nor half a surrogate pair in a text. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}
