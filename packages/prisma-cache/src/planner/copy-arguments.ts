import { Decimal } from '@prisma/client/runtime/client'
import { isObject } from './records.js'

/**
 * The arguments as they stand at this moment, when they are plain: the same copy that Prisma makes for extensions.
 *
 * @returns undefined when something in them is of a kind that Prisma treats in a way of its own (objects of classes, with
 * accessors or a `toJSON`, Prisma's own markers) or `undefined`, which some clients refuse
 */
export function copyArguments(args: unknown): Record<string, unknown> | undefined {
  if (args === undefined) return {}
  try {
    return isObject(args) ? (copy(args) as Record<string, unknown>) : undefined
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

const NOT_PLAIN = Symbol('not plain')

function copy(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value
    case 'object':
      return value === null ? null : copyObject(value)
    default:
      throw NOT_PLAIN
  }
}

function copyObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(copy)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Date.prototype) return new Date((value as Date).getTime())
  if (prototype === Decimal.prototype) return new Decimal((value as Decimal).toFixed())
  if (prototype === Uint8Array.prototype) return (value as Uint8Array).slice()
  if (prototype !== Object.prototype && prototype !== null) throw NOT_PLAIN
  const copied: Record<string, unknown> = {}
  // As Prisma does: inherited names would count too, of which these have none.
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === 'toJSON') throw NOT_PLAIN
    copied[key] = copy((value as Record<string, unknown>)[key])
  }
  return copied
}
