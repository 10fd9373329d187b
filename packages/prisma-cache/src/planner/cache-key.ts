import { createHash } from 'node:crypto'
import { Decimal } from '@prisma/client/runtime/client'
import type { IndexedModel } from './model-index.js'

/**
 * Names a question: operation, arguments, client-level omit and the shapes of every model that the answer holds. A
 * SHA-256 of that text stands for it in the key; see docs/adr/0002.
 *
 * @returns undefined when an argument is of a kind whose identity is not known
 */
export function questionDigest(operation: string, args: unknown, models: readonly IndexedModel[]): string | undefined {
  const text = canonical(args)
  if (text === undefined) return undefined
  const shapes = models.map(
    (model) => `${model.name}:${model.facts.shapeHash}:${JSON.stringify(model.clientOmit ?? 0)}`,
  )
  return createHash('sha256')
    .update(`${operation}\n${shapes.join('\n')}\n${text}`)
    .digest('base64url')
}

const UNKNOWN = Symbol('unknown')

function canonical(args: unknown): string | undefined {
  try {
    return write(args)
  } catch (error) {
    if (error === UNKNOWN) return undefined
    throw error
  }
}

/** Each kind of value has a mark of its own, so that no two values of different kinds share a text. */
function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
      return value ? 'T' : 'F'
    case 'bigint':
      return `${value}n`
    case 'undefined':
      return 'U'
    case 'object':
      return value === null ? 'N' : writeObject(value)
    default:
      throw UNKNOWN
  }
}

function writeObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (value instanceof Date) return `d${value.getTime()}`
  if (Decimal.isDecimal(value)) return `m${value.toString()}`
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`
  const prototype = Object.getPrototypeOf(value)
  // Prisma's null objects, references to other fields and whatever comes later: their identity is not known here.
  if (prototype !== Object.prototype && prototype !== null) throw UNKNOWN
  const parts: string[] = []
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) parts.push(`${JSON.stringify(key)}:${write(item)}`)
  return `{${parts.join(',')}}`
}
