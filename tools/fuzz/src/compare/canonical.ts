import { Decimal, isObjectEnumValue } from '@prisma/client/runtime/client'

export interface CanonicalOptions {
  /** Names of fields whose times and counts are not compared. */
  readonly timed?: ReadonlySet<string>
}

/**
 * A value as text that two values share only when they are equal in kind and content: class, negative zero, the order
 * of keys and `undefined` included.
 */
export function canonical(value: unknown, options: CanonicalOptions = {}): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : ofObject(value, options)
    default:
      return String(value)
  }
}

function ofObject(value: object, options: CanonicalOptions): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, options)).join(', ')}]`
  const made: { name: string } | undefined = value.constructor
  const kind = made === Object ? '' : made === undefined ? 'null:' : `${made.name}:`
  if (value instanceof Date) return `${kind}${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`
  if (value instanceof Decimal) return `Decimal:${value.toString()}`
  if (value instanceof Uint8Array) return `${kind}${Buffer.from(value).toString('hex')}`
  if (isObjectEnumValue(value)) return String(value)
  return `${kind}{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${isTimed(key, item, options) ? '<time>' : canonical(item, options)}`)
    .join(', ')} }`
}

/** A count stands in such a field, too; what else has its name (`_count`) is compared. */
const isTimed = (key: string, item: unknown, { timed }: CanonicalOptions) =>
  timed?.has(key) && (item instanceof Date || typeof item === 'number')
