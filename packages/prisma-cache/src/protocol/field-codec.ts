import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'

/**
 * One scalar as text, as the fields of a pending row are kept: integers as digits, so that Redis can add to them;
 * SQL NULL as the empty text, which no other value encodes to.
 */
export function encodeField(field: ScalarField, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (field.list) return JSON.stringify((value as unknown[]).map((item) => encodeOne(field, item)))
  return encodeOne(field, value)
}

export function decodeField(field: ScalarField, text: string): unknown {
  if (text === '') return null
  if (field.list) return (JSON.parse(text) as string[]).map((item) => decodeOne(field, item))
  return decodeOne(field, text)
}

function encodeOne(field: ScalarField, value: unknown): string {
  switch (field.type) {
    case 'String':
    case 'Enum':
      return `=${value as string}`
    case 'Boolean':
      return value ? '1' : '0'
    case 'Float':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'DateTime':
      return String((value as Date).getTime())
    case 'Json':
      return JSON.stringify(value)
    case 'Bytes':
      return `=${Buffer.from(value as Uint8Array).toString('base64')}`
    case 'Int':
    case 'BigInt':
    case 'Decimal':
      return String(value)
    case 'Unsupported':
      throw new TypeError(`field ${field.name} has a type that Prisma cannot read`)
  }
}

function decodeOne(field: ScalarField, text: string): unknown {
  switch (field.type) {
    case 'String':
    case 'Enum':
      return text.slice(1)
    case 'Boolean':
      return text === '1'
    case 'Int':
    case 'Float':
      return Number(text)
    case 'BigInt':
      return BigInt(text)
    case 'Decimal':
      return new Decimal(text)
    case 'DateTime':
      return new Date(Number(text))
    case 'Json':
      return JSON.parse(text)
    case 'Bytes':
      return new Uint8Array(Buffer.from(text.slice(1), 'base64'))
    case 'Unsupported':
      throw new TypeError(`field ${field.name} has a type that Prisma cannot read`)
  }
}
