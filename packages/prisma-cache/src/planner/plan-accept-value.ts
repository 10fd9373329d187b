import { Decimal } from '@prisma/client/runtime/client'
import type { EnumFacts, ScalarField } from '@prisma-cache/policy-dsl'
import { integerOf } from './number-operations.js'
import { isStorable, plainJson } from './plan-accept-json.js'

export type Enums = Readonly<Record<string, EnumFacts>>

/**
 * The value of a field as Prisma would read it back, of a value that is given for it. Undefined for a value that Prisma
 * or Postgres would refuse, round, pad or convert, and for one where that is not certain.
 */
export function storedValue(field: ScalarField, value: unknown, enums: Enums): unknown {
  if (field.list) return Array.isArray(value) ? storedItems(field, value, enums) : undefined
  if (value === null) return field.nullable && field.type !== 'Json' ? null : undefined
  return storedItem(field, value, enums)
}

/** Items of a list field. A list holds no null. */
export function storedItems(field: ScalarField, items: readonly unknown[], enums: Enums): unknown[] | undefined {
  const stored: unknown[] = []
  for (const item of items) {
    const value = item === null ? undefined : storedItem(field, item, enums)
    if (value === undefined) return undefined
    stored.push(value)
  }
  return stored
}

function storedItem(field: ScalarField, value: unknown, enums: Enums): unknown {
  switch (field.type) {
    case 'String':
      return typeof value === 'string' && isStorable(value) && fitsText(field, value) ? value : undefined
    case 'Boolean':
      return typeof value === 'boolean' && isNative(field, 'Boolean') ? value : undefined
    case 'Int': {
      const integer = integerOf(field, value)
      return integer === undefined ? undefined : Number(integer)
    }
    case 'BigInt':
      return integerOf(field, value)
    case 'Float':
      return isNative(field, 'DoublePrecision') ? storedFloat(value) : undefined
    case 'Decimal':
      return storedDecimal(field, value)
    case 'DateTime':
      return storedTime(field, value)
    case 'Json':
      return isNative(field, 'JsonB', 'Json') ? plainJson(value) : undefined
    case 'Bytes':
      return value instanceof Uint8Array && isNative(field, 'ByteA') ? new Uint8Array(value) : undefined
    case 'Enum': {
      const values = enums[field.enumName ?? '']?.values
      return typeof value === 'string' && values && Object.hasOwn(values, value) ? value : undefined
    }
    case 'Unsupported':
      return undefined
  }
}

/** Beyond 64 bits Prisma reads the digits less exactly than they are written: the last bit differs. */
const CERTAIN_FLOAT = 1e18

/** Prisma sends a negative zero as zero. */
function storedFloat(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(Math.abs(value) <= CERTAIN_FLOAT)) return undefined
  return Object.is(value, -0) ? undefined : value
}

/** Is the column of one of these types? The first is what Prisma takes when none is written. */
function isNative(field: ScalarField, ...names: string[]): boolean {
  return !field.nativeType || names.includes(field.nativeType[0])
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function fitsText(field: ScalarField, text: string): boolean {
  const [name, args] = field.nativeType ?? ['Text', []]
  switch (name) {
    case 'Text':
    case 'Citext':
      return true
    case 'VarChar':
      return args.length === 0 || lengthOf(text) <= Number(args[0])
    case 'Char': // shorter ones come back padded
      return lengthOf(text) === Number(args[0] ?? 1)
    case 'Uuid': // other spellings come back as this one
      return UUID.test(text)
    default:
      return false
  }
}

/** Postgres counts characters, not UTF-16 units. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

const DECIMAL_TEXT = /^-?\d{1,131}(\.\d{1,131})?$/
/** Digits of a number that are the same however it was made. */
const CERTAIN_DIGITS = 15

function storedDecimal(field: ScalarField, value: unknown): Decimal | undefined {
  const decimal = toDecimal(value)
  if (!decimal?.isFinite() || (decimal.isZero() && decimal.isNegative())) return undefined
  const [name, args] = field.nativeType ?? ['Decimal', []]
  if (name !== 'Decimal') return undefined
  const [precision, scale] = args.length === 0 ? [65, 30] : [Number(args[0]), Number(args[1] ?? 0)]
  return decimal.decimalPlaces() <= scale && decimal.e + 1 <= precision - scale ? decimal : undefined
}

function toDecimal(value: unknown): Decimal | undefined {
  if (Decimal.isDecimal(value)) return new Decimal(value)
  if (typeof value === 'string') return DECIMAL_TEXT.test(value) ? new Decimal(value) : undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const decimal = new Decimal(value)
  return decimal.precision(true) <= CERTAIN_DIGITS ? decimal : undefined
}

/** With milliseconds at most, which is all that a Date holds. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

function storedTime(field: ScalarField, value: unknown): Date | undefined {
  const [name, args] = field.nativeType ?? ['Timestamp', ['3']]
  if ((name !== 'Timestamp' && name !== 'Timestamptz') || Number(args[0] ?? 6) < 3) return undefined
  const ms = value instanceof Date ? value.getTime() : typeof value === 'string' ? readTime(value) : Number.NaN
  return ms >= FIRST_MS && ms <= LAST_MS ? new Date(ms) : undefined
}

/** NaN for a text that is no time, or a day that the calendar does not have. */
function readTime(text: string): number {
  if (!ISO_TIME.test(text)) return Number.NaN
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 19)) ? ms : Number.NaN
}
