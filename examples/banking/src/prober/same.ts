import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../generated/prisma/client.js'

/** Deep equality of two results, their types included: a Decimal is not the text of one, a Date not its number. */
export function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(tagged(one), tagged(other))
}

function tagged(value: unknown): unknown {
  if (Prisma.Decimal.isDecimal(value)) return ['Decimal', value.toFixed()]
  if (value instanceof Date) return ['Date', value.getTime()]
  if (Array.isArray(value)) return value.map(tagged)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]))
  }
  return value
}
