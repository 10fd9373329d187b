import { Decimal } from '@prisma/client/runtime/client'

/**
 * Any answer that Prisma can give, as JSON text: lists, aggregates, rows with their relations. What JSON lacks is
 * written as an object with one key that begins with `$`; an own key that begins with `$` gets one more.
 */
export function encodeAnswer(answer: unknown): string {
  return JSON.stringify(pack(answer))
}

/** Throws on text that is not an answer. */
export function decodeAnswer(text: string): unknown {
  return unpack(JSON.parse(text))
}

/** The value as JSON can hold it. */
export function pack(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $n: Object.is(value, -0) ? '-0' : String(value) }
    case 'bigint':
      return { $i: value.toString() }
    case 'undefined':
      return { $u: 0 }
    case 'object':
      return value === null ? null : packObject(value)
    default:
      throw new TypeError(`an answer cannot hold a ${typeof value}`)
  }
}

function packObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(pack)
  if (value instanceof Date) return { $d: value.getTime() }
  if (Decimal.isDecimal(value)) return { $m: value.toString() }
  if (value instanceof Uint8Array) {
    return { $b: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  }
  const packed: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) define(packed, key.startsWith('$') ? `$${key}` : key, pack(item))
  return packed
}

export function unpack(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(unpack)
  const unpacked: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    if (key.startsWith('$') && !key.startsWith('$$')) return unpackTagged(key, item)
    define(unpacked, key.startsWith('$$') ? key.slice(1) : key, unpack(item))
  }
  return unpacked
}

function unpackTagged(key: string, item: unknown): unknown {
  switch (key) {
    case '$n':
      return Number(item)
    case '$i':
      return BigInt(item as string)
    case '$u':
      return undefined
    case '$d':
      return new Date(item as number)
    case '$m':
      return new Decimal(item as string)
    case '$b':
      return new Uint8Array(Buffer.from(item as string, 'base64'))
    default:
      throw new TypeError(`unknown mark ${key} in an answer`)
  }
}

/** A Json column may hold the key `__proto__`, which a plain assignment would take for the prototype. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  else target[key] = value
}
