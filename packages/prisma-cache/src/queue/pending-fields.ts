import type { ModelFacts } from '@prisma-cache/policy-dsl'
import { decodeField } from '../protocol/field-codec.js'
import type { Row } from '../protocol/row-codec.js'

/** Under what the base of a pending row was read. */
export interface PendingBase {
  /** Version of the row's tag. */
  readonly version: string
  /** Version of the model's wide tag. */
  readonly wide: string
  readonly epoch: string
}

/** A pending row as `change.ts` describes it. */
export interface PendingFields {
  readonly alive: boolean
  readonly row: Row
  /** False when another release of the model wrote it: a field is unknown here, and the row must be flushed and read. */
  readonly complete: boolean
  readonly sequence: number
  readonly since: number
  readonly base: PendingBase
}

export function decodePending(facts: ModelFacts, fields: ReadonlyMap<string, string>): PendingFields {
  const row: Row = {}
  let complete = true
  for (const field of facts.fields) {
    if (field.type === 'Unsupported') continue
    const text = fields.get(`=${field.name}`)
    if (text === undefined) complete = false
    // Prisma reads a list that is NULL in the database as an empty one.
    row[field.name] = text === undefined || (field.list && text === '') ? absent(field.list) : decodeField(field, text)
  }
  return {
    alive: fields.get('#alive') === '1',
    row,
    complete,
    sequence: Number(fields.get('#seq') ?? 0),
    since: Number(fields.get('#since')),
    base: { version: fields.get('#v') ?? '', wide: fields.get('#w') ?? '', epoch: fields.get('#e') ?? '' },
  }
}

const absent = (list: boolean) => (list ? [] : null)
