import { DbNull, JsonNull } from '@prisma/client/runtime/client'
import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import { decodeField } from '../../protocol/field-codec.js'
import type { Row } from '../../protocol/row-codec.js'
import type { SealedRow } from '../seal.js'
import { readableFields } from './returned-row.js'
import { keyOfRow } from './row-key.js'

/** The part of a model's delegate that the flush needs. */
export interface Table {
  create(args: object): Promise<Row>
  update(args: object): Promise<Row>
  updateMany(args: object): Promise<{ readonly count: number }>
  upsert(args: object): Promise<Row>
  delete(args: object): Promise<Row>
  deleteMany(args: object): Promise<unknown>
  findUnique(args: object): Promise<Row | null>
  findFirst(args: object): Promise<Row | null>
}

export function tableOf(client: object, model: string): Table {
  const name = model[0]!.toLowerCase() + model.slice(1)
  const table = (client as Record<string, unknown>)[name]
  if (table) return table as Table
  throw new Error(`the Prisma client has no model ${model}: is it generated from the schema of the policies?`)
}

/** Writes and reads the rows of one model by calls of Prisma, one a row. */
export function createPrismaRows(facts: ModelFacts) {
  const byName = new Map(facts.fields.map((field) => [field.name, field]))
  const select = Object.fromEntries(readableFields(facts).map((field) => [field.name, true]))

  function keyOf({ row }: SealedRow): Row {
    return valuesOf(keyOfRow(facts, row))
  }

  function whereOf(sealed: SealedRow): object {
    const { name, fields } = facts.primaryKey!
    const key = keyOf(sealed)
    return fields.length === 1 && fields[0] === name ? key : { [name]: key }
  }

  function valuesOf(texts: Readonly<Record<string, string>>): Row {
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, valueIn(fieldOf(name), text)]))
  }

  function fieldOf(name: string): ScalarField {
    const field = byName.get(name)
    if (field) return field
    throw new Error(
      `a pending change of ${facts.name} sets ${name}, which this worker's policies do not have: is the worker older than the client that wrote it?`,
    )
  }

  return {
    /** @returns the row as the database has it then; null for one that is deleted */
    async write(tx: object, sealed: SealedRow): Promise<Row | null> {
      const table = tableOf(tx, facts.name)
      const { kind, set, add } = sealed.change
      switch (kind) {
        case 'D':
          await table.delete({ where: whereOf(sealed), select })
          return null
        case 'R':
          // Nothing refers to it: such a delete is not accepted.
          await table.deleteMany({ where: keyOf(sealed) })
          return await table.create({ data: { ...valuesOf(set), ...keyOf(sealed) }, select })
        case 'C':
          return await table.create({ data: { ...valuesOf(set), ...keyOf(sealed) }, select })
        case 'U': {
          const sums = Object.entries(add).map(([name, digits]) => {
            const delta = fieldOf(name).type === 'Int' ? Number(digits) : BigInt(digits)
            return [name, { increment: delta }] as const
          })
          const data = { ...valuesOf(set), ...Object.fromEntries(sums) }
          return await table.update({ where: whereOf(sealed), data, select })
        }
      }
    },
    async read(tx: object, rows: readonly SealedRow[]): Promise<Map<string, Row | null>> {
      const found = new Map<string, Row | null>()
      for (const sealed of rows) {
        found.set(sealed.row, await tableOf(tx, facts.name).findUnique({ where: whereOf(sealed), select }))
      }
      return found
    },
  }
}

function valueIn(field: ScalarField, text: string): unknown {
  // Prisma knows no list that is NULL, and reads it as an empty one.
  if (field.list && text === '') return []
  if (field.type !== 'Json' || field.list) return decodeField(field, text)
  return text === '' ? DbNull : text === 'null' ? JsonNull : decodeField(field, text)
}
