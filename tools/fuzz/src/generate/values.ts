import { Decimal, JsonNull } from '@prisma/client/runtime/client'
import type { ScalarField } from 'prisma-cache'
import type { Random } from '../random.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'

/** Few values a field, so that filters match, keys meet and foreign keys find their rows. */
const TEXTS = ['', 'a', 'A', 'b', 'é', 'x,y', 'back\\slash', "o'clock", '100%', '日本', '😀 long '.repeat(9), 'null']
const KEYS = ['k1', 'k2', 'k3', 'k4', 'k5', 'K1', 'a,b', 'a\\,b']
const UUIDS = ['00000000-0000-4000-8000-000000000001', 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee']
const INTS = [0, 1, 2, 3, -1, 7, 100]
const BIGINTS = [0n, 1n, 2n, -5n, 9007199254740993n, -9007199254740993n]
/** Sums of these are exact in any order. */
const FLOATS = [0, -0, 0.5, 1, -2.25, 1024.125]
const DECIMALS = ['0', '1', '1.5', '-2.25', '1234567.89', '0.01']
const TIMES = ['2020-01-01T00:00:00.000Z', '2021-06-15T12:34:56.789Z', '1969-12-31T23:59:59.999Z']
const DAYS = ['2020-01-01T00:00:00.000Z', '2024-02-29T00:00:00.000Z']
const BYTES = [[], [0], [1, 2, 255]]
/** Of native types that take no text but their own. */
const NATIVE: Readonly<Record<string, readonly unknown[]>> = {
  Uuid: UUIDS,
  Char: ['', 'a', 'A', 'ab', 'abcde'],
  Bit: ['0000', '0101', '1111'],
  VarBit: ['', '1', '0101'],
  Inet: ['10.0.0.1', '10.0.0.0/8', '::1'],
  Oid: [0, 1, 7, 100],
  Time: ['1970-01-01T00:00:00.000Z', '1970-01-01T12:34:56.789Z'],
  Timetz: ['1970-01-01T00:00:00.000Z', '1970-01-01T12:34:56.789Z'],
  Date: DAYS,
  Money: ['0', '1.5', '-2.25', '1234.56'],
}
const JSONS: readonly unknown[] = [
  1,
  'text',
  true,
  [],
  {},
  { a: 1, b: [1, null, { c: 'x' }] },
  { $d: 1, $$: { $n: '-0' } },
  [{ $b: 'AQ==' }, 'x'],
  0.5,
]

/** Numbers of rows that a generated integer key names; sequences begin above. */
const ROWS = 6
export const SEQUENCE_START = 1000

/** A value of the field, never null. */
export function fieldValue(context: Context, model: Model, field: ScalarField): unknown {
  if (field.list) {
    return Array.from({ length: context.random.below(3) }, () => fieldItem(context, model, field))
  }
  return fieldItem(context, model, field)
}

export function fieldItem({ random, models }: Context, model: Model, field: ScalarField): unknown {
  const named = isKeyLike(model, field)
  const native = NATIVE[field.nativeType?.[0] ?? '']
  if (native && field.type !== 'DateTime' && field.type !== 'Decimal') return random.pick(native)
  switch (field.type) {
    case 'String':
      return named ? keyText(low(random, named === 'unique' ? 10 : KEYS.length), field) : random.pick(TEXTS)
    case 'Boolean':
      return random.chance(0.5)
    case 'Int':
      if (named) return random.chance(0.1) ? SEQUENCE_START + random.below(5) : 1 + low(random, ROWS)
      return random.pick(INTS)
    case 'BigInt': {
      const value = named ? BigInt(1 + low(random, ROWS)) : random.pick(BIGINTS)
      return random.chance(0.2) && value < 10n && value > -10n ? Number(value) : value
    }
    case 'Float':
      return random.pick(FLOATS)
    case 'Decimal': {
      const text = random.pick(native ?? DECIMALS) as string
      return random.weighted<unknown>([
        [3, new Decimal(text)],
        [1, text],
        [1, Number(text)],
      ])
    }
    case 'DateTime': {
      const text = random.pick(native ?? TIMES) as string
      return random.chance(0.8) ? new Date(text) : text
    }
    case 'Json':
      return random.chance(0.1) && !field.list ? JsonNull : random.pick(JSONS)
    case 'Bytes':
      return new Uint8Array(random.pick(BYTES))
    case 'Enum':
      return random.pick(Object.keys(models.enums[field.enumName!]!.values))
    case 'Unsupported':
      throw new TypeError(`${model.name}.${field.name} cannot be written`)
  }
}

/** The first keys come up most, and so meet most. */
const low = (random: Random, n: number) => (random.chance(0.5) ? random.below(2) : random.below(n))

function keyText(n: number, field: ScalarField): string {
  return KEYS[n] ?? `${field.name}${n}`
}

/** Does the value name a row: this one, or one that a foreign key refers to? */
function isKeyLike(model: Model, field: ScalarField): 'key' | 'unique' | undefined {
  if (model.key.fields.includes(field.name) || model.foreign.has(field.name)) return 'key'
  return model.uniques.some((unique) => unique.fields.includes(field.name)) ? 'unique' : undefined
}

export const isNumber = (field: ScalarField): boolean =>
  !field.list && ['Int', 'BigInt', 'Float', 'Decimal'].includes(field.type)

/** Can the field stand in filters and orders, and be compared between the twins? */
export const isAskable = (model: Model, field: ScalarField): boolean => !model.timed.has(field.name)
