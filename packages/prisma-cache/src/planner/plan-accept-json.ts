import { isRecord } from './records.js'

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
      return isCertainNumber(value)
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

/**
 * Prisma reads the digits of a fraction in JSON with one multiplication, which is exact for few digits and a small
 * exponent; of others the last bit may differ.
 */
export function isCertainNumber(value: number): boolean {
  if (Number.isSafeInteger(value)) return true
  const parts = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (!parts) return false
  const [, whole, fraction = '', exponent = '0'] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  return digits.length <= 15 && Math.abs(Number(exponent) - fraction.length) <= 22
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

/** Postgres keeps neither NUL nor half a surrogate pair in a text. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}
