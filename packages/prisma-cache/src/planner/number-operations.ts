import type { ScalarField } from '@prisma-cache/policy-dsl'

/** A change of an integer that adds up with others whatever their order. */
export interface IntegerDelta {
  readonly delta: bigint
  /** What the column can hold. */
  readonly min: bigint
  readonly max: bigint
}

export interface IntegerRange {
  readonly min: bigint
  readonly max: bigint
}

const RANGES: Readonly<Record<string, IntegerRange>> = {
  SmallInt: signed(16n),
  Integer: signed(32n),
  BigInt: signed(64n),
}

/** What the column holds; undefined for a type whose range is not certain (`Oid`). */
export function integerRange(field: ScalarField): IntegerRange | undefined {
  const native = field.nativeType?.[0] ?? (field.type === 'BigInt' ? 'BigInt' : 'Integer')
  return Object.hasOwn(RANGES, native) ? RANGES[native] : undefined
}

/** The value as Prisma takes it for an Int or BigInt field; undefined when it is none or does not fit. */
export function integerOf(field: ScalarField, value: unknown): bigint | undefined {
  const range = integerRange(field)
  if (!range) return undefined
  const whole = field.type === 'BigInt' && typeof value === 'bigint'
  if (!whole && !Number.isSafeInteger(value)) return undefined
  const integer = BigInt(value as number | bigint)
  return integer >= range.min && integer <= range.max ? integer : undefined
}

/**
 * `{ increment }` or `{ decrement }` of an Int or BigInt as a delta. Anything else is undefined: products do not add
 * up, and sums of Decimal and Float are for Postgres to round.
 */
export function integerDelta(field: ScalarField, operation: string, value: unknown): IntegerDelta | undefined {
  if (field.list || (field.type !== 'Int' && field.type !== 'BigInt')) return undefined
  if (operation !== 'increment' && operation !== 'decrement') return undefined
  const range = integerRange(field)
  const amount = integerOf(field, value)
  if (!range || amount === undefined) return undefined
  const delta = operation === 'increment' ? amount : -amount
  return delta >= range.min && delta <= range.max ? { delta, ...range } : undefined
}

export interface IntegerComputation extends IntegerRange {
  readonly how: '+' | '*' | '/'
  readonly operand: bigint
}

const COMPUTED = { increment: '+', decrement: '+', multiply: '*', divide: '/' } as const

/**
 * The operation as one whose result replaces the value. Undefined for what only Postgres computes with certainty: sums
 * of Decimal and Float, products and quotients of BigInt.
 */
export function integerComputation(
  field: ScalarField,
  operation: string,
  value: unknown,
): IntegerComputation | undefined {
  const how = Object.hasOwn(COMPUTED, operation) ? COMPUTED[operation as keyof typeof COMPUTED] : undefined
  if (how === undefined) return undefined
  if (how === '+') {
    const sum = integerDelta(field, operation, value)
    return sum && { how, operand: sum.delta, min: sum.min, max: sum.max }
  }
  const range = integerRange(field)
  const operand = field.list || field.type !== 'Int' ? undefined : integerOf(field, value)
  if (!range || operand === undefined || (how === '/' && operand === 0n)) return undefined
  return { how, operand, ...range }
}

function signed(bits: bigint): IntegerRange {
  return { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
}
