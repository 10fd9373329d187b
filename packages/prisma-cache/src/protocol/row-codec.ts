import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'
import { define, pack, unpack } from './answer-codec.js'

/** A row by field name, with Prisma's own value types. */
export type Row = Record<string, unknown>

export interface RowCodec {
  encode(row: Row): string
  /** Throws on text that another shape or program has written. */
  decode(text: string): Row
  /** Makes rows of these fields out of whole ones, that share nothing with them which could be changed. */
  copying(names: readonly string[]): (row: Row) => Row
}

/**
 * Whole rows as a JSON list of their values: both sides know the shape, whose hash is part of the entry's key, so no
 * name is stored.
 */
export function createRowCodec(fields: readonly ScalarField[]): RowCodec {
  const packs = fields.map((field) => listed(field, PACK[field.type]))
  const unpacks = fields.map((field) => listed(field, UNPACK[field.type]))
  const names = fields.map((field) => field.name)
  return {
    encode: (row) => JSON.stringify(packs.map((pack, i) => pack(row[names[i]!]))),
    decode(text) {
      const values = JSON.parse(text) as unknown
      if (!Array.isArray(values) || values.length !== names.length) throw new TypeError('not a row of this shape')
      const row: Row = {}
      for (let i = 0; i < names.length; i++) row[names[i]!] = unpacks[i]!(values[i])
      return row
    },
    copying(picked) {
      const copies = picked.map((name) => {
        const field = fields[names.indexOf(name)]!
        return listed(field, COPY[field.type])
      })
      return (row) => {
        const copied: Row = {}
        for (let i = 0; i < picked.length; i++) copied[picked[i]!] = copies[i]!(row[picked[i]!])
        return copied
      }
    },
  }
}

type Convert = (value: never) => unknown

const same: Convert = (value) => value
const PACK: Record<ScalarField['type'], Convert> = {
  String: same,
  Enum: same,
  Boolean: same,
  Int: same,
  // JSON has neither a negative zero nor NaN or infinities.
  Float: (value: number) =>
    Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value),
  BigInt: (value: bigint) => value.toString(),
  Decimal: (value: Decimal) => value.toString(),
  DateTime: (value: Date) => value.getTime(),
  // Wrapped, because a column may hold JSON's own null beside SQL's NULL; packed, because it may hold a negative zero.
  Json: (value: unknown) => [pack(value)],
  Bytes: (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'),
  Unsupported: same,
}

const UNPACK: Record<ScalarField['type'], Convert> = {
  String: same,
  Enum: same,
  Boolean: same,
  Int: same,
  Float: (value: number | string) => Number(value),
  BigInt: (value: string) => BigInt(value),
  Decimal: (value: string) => new Decimal(value),
  DateTime: (value: number) => new Date(value),
  Json: (value: [unknown]) => unpack(value[0]),
  Bytes: (value: string) => new Uint8Array(Buffer.from(value, 'base64')),
  Unsupported: same,
}

const COPY: Record<ScalarField['type'], Convert> = {
  String: same,
  Enum: same,
  Boolean: same,
  Int: same,
  Float: same,
  BigInt: same,
  Decimal: (value: Decimal) => new Decimal(value),
  DateTime: (value: Date) => new Date(value.getTime()),
  Json: copyJson,
  Bytes: (value: Uint8Array) => value.slice(),
  Unsupported: same,
}

function copyJson(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(copyJson)
  const copied: Record<string, unknown> = {}
  for (const key of Object.keys(value)) define(copied, key, copyJson((value as Record<string, unknown>)[key]))
  return copied
}

function listed(field: ScalarField, convert: Convert): (value: unknown) => unknown {
  const one = convert as (value: unknown) => unknown
  if (field.list) return (value) => (value === null || value === undefined ? null : (value as unknown[]).map(one))
  return (value) => (value === null || value === undefined ? null : one(value))
}
