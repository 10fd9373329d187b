import cuid1 from '@bugsnag/cuid'
import { createId as cuid2 } from '@paralleldrive/cuid2'
import type { DefaultMaker, ScalarField } from '@prisma-cache/policy-dsl'
import { nanoid } from 'nanoid'
import { ulid } from 'ulid'
import { v4 as uuid4, v7 as uuid7 } from 'uuid'

/** What Prisma's client, not the database, puts where a create leaves a field out. */
export interface ValueMakers {
  now(): Date
  uuid(version: 4 | 7): string
  cuid(version: 1 | 2): string
  ulid(): string
  nanoid(length?: number): string
}

/** The same libraries that Prisma's client uses. */
export const libraryMakers: ValueMakers = {
  now: () => new Date(),
  uuid: (version) => (version === 7 ? uuid7() : uuid4()),
  cuid: (version) => (version === 2 ? cuid2() : cuid1()),
  ulid: () => ulid(),
  nanoid: (length) => nanoid(length),
}

/** The time stands still within one operation: every field that it sets to now gets the same. */
export function atOneInstant(makers: ValueMakers): ValueMakers {
  let instant: Date | undefined
  return {
    ...makers,
    now: () => {
      instant ??= makers.now()
      return instant
    },
  }
}

/** The default of a field; undefined when only the database can make it, or when it is not certain how Prisma would. */
export function makeDefault(field: ScalarField, maker: DefaultMaker, makers: ValueMakers): unknown {
  switch (maker.by) {
    case 'database':
      return undefined
    case 'literal':
      return literalValue(field, maker.value)
    case 'client':
      return makeValue(maker.fn, maker.args[0], makers)
  }
}

function makeValue(fn: ClientFunction, argument: string | number | undefined, makers: ValueMakers): unknown {
  switch (fn) {
    case 'now':
      return makers.now()
    case 'uuid':
      return argument === 4 || argument === 7 ? makers.uuid(argument) : undefined
    case 'cuid':
      return argument === 1 || argument === 2 ? makers.cuid(argument) : undefined
    case 'ulid':
      return makers.ulid()
    case 'nanoid':
      return argument === undefined || typeof argument === 'number' ? makers.nanoid(argument) : undefined
  }
}

type ClientFunction = Extract<DefaultMaker, { by: 'client' }>['fn']

/** Shorter random ids than this may meet one that stands. */
const UNREPEATED_NANOID = 16

/** Is every value of this default one that no row bears yet? */
export function isUnrepeated(maker: DefaultMaker | undefined): boolean {
  if (maker?.by !== 'client' || maker.fn === 'now') return false
  return maker.fn !== 'nanoid' || Number(maker.args[0] ?? 21) >= UNREPEATED_NANOID
}

/** A literal as a schema carries it: texts for what JSON has no type for. */
function literalValue(field: ScalarField, value: unknown): unknown {
  if (!field.list) return literalItem(field, value)
  if (!Array.isArray(value)) return undefined
  const items = value.map((item) => literalItem(field, item))
  return items.includes(undefined) ? undefined : items
}

function literalItem(field: ScalarField, value: unknown): unknown {
  if (typeof value !== 'string') return value
  switch (field.type) {
    case 'BigInt':
      return /^-?\d+$/.test(value) ? BigInt(value) : undefined
    case 'DateTime':
      return new Date(value)
    case 'Bytes':
      return new Uint8Array(Buffer.from(value, 'base64'))
    case 'Json':
      return parsedJson(value)
    default:
      return value
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
