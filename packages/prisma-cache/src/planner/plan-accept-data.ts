import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import type { Row } from '../protocol/row-codec.js'
import { makeDefault, type ValueMakers } from './client-defaults.js'
import { type IntegerComputation, type IntegerDelta, integerComputation, integerDelta } from './number-operations.js'
import { type Enums, storedItems, storedValue } from './plan-accept-value.js'
import { readableFields } from './projection.js'
import { isRecord } from './records.js'

/** What an update does to a row, by field. A field stands in one of them at most. */
export interface RowChange {
  readonly set: Row
  readonly add: Readonly<Record<string, IntegerDelta>>
  /** What replaces an integer, made of what stands in it when the write is accepted. Absent where `add` does it. */
  readonly compute?: Readonly<Record<string, IntegerComputation>>
  /** Items for the end of a list. */
  readonly push: Readonly<Record<string, readonly unknown[]>>
}

/** Either what was asked for, or why it is not certain what Prisma would make of it. */
export type Planned<T> = { readonly kind: 'planned'; readonly value: T } | Refused
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}

export const refused = (reason: string): Refused => ({ kind: 'refused', reason })
const planned = <T>(value: T): Planned<T> => ({ kind: 'planned', value })

/**
 * The whole row that a create makes; `made` are the fields whose value is a default.
 *
 * @param byDatabase leaves out what only the database can make, instead of refusing
 */
export function planRow(
  facts: ModelFacts,
  data: unknown,
  enums: Enums,
  makers: ValueMakers,
  byDatabase = false,
): Planned<{ readonly row: Row; readonly made: ReadonlySet<string> }> {
  const given = givenFields(facts, data)
  if (given.kind === 'refused') return given
  const row: Row = {}
  const made = new Set<string>()
  for (const field of readableFields(facts)) {
    const asked = given.value.get(field)
    const absent = asked === undefined
    if (absent && byDatabase && field.default?.by === 'database') continue
    if (absent) made.add(field.name)
    const value = absent ? absentValue(field, enums, makers) : storedValue(field, setOperand(field, asked), enums)
    if (value === undefined) return refused(absent ? `${field.name} is left out` : `value of ${field.name}`)
    row[field.name] = value
  }
  return planned({ row, made })
}

/** What stands in a field that a create leaves out; undefined when only the database knows, or Prisma refuses. */
function absentValue(field: ScalarField, enums: Enums, makers: ValueMakers): unknown {
  if (field.default) return storedValue(field, makeDefault(field, field.default, makers), enums)
  if (field.updatedAt) return storedValue(field, makers.now(), enums)
  // Prisma leaves a list NULL as well, though it reads it back as an empty one.
  return field.nullable || field.list ? null : undefined
}

/** `{ set }` of a list is what a create may write instead of the list. */
function setOperand(field: ScalarField, value: unknown): unknown {
  return field.list && isRecord(value) ? operandOf(field, value, 'set') : value
}

interface Draft {
  readonly set: Row
  readonly add: Record<string, IntegerDelta>
  readonly push: Record<string, unknown[]>
  readonly compute?: Record<string, IntegerComputation>
}

/** @param absolute the result of a number operation replaces what Postgres has, instead of being added to it */
export function planChange(
  facts: ModelFacts,
  data: unknown,
  enums: Enums,
  makers: ValueMakers,
  absolute = false,
): Planned<RowChange> {
  const given = givenFields(facts, data)
  if (given.kind === 'refused') return given
  if (given.value.size === 0) return refused('nothing is changed')
  const key = facts.primaryKey?.fields ?? []
  const change: Draft = { set: {}, add: {}, push: {}, ...(absolute ? { compute: {} } : {}) }
  for (const [field, asked] of given.value) {
    if (key.includes(field.name)) return refused(`${field.name} is of the primary key`)
    if (!planField(field, asked, enums, change)) return refused(`value of ${field.name}`)
  }
  for (const field of readableFields(facts)) {
    if (!field.updatedAt || given.value.has(field)) continue
    const now = storedValue(field, makers.now(), enums)
    if (now === undefined) return refused(`value of ${field.name}`)
    change.set[field.name] = now
  }
  return planned(change)
}

/** Adds one field to the change; false when it is not certain what it does. */
function planField(field: ScalarField, asked: unknown, enums: Enums, change: Draft): boolean {
  const direct = storedValue(field, asked, enums)
  if (direct !== undefined) {
    change.set[field.name] = direct
    return true
  }
  // Prisma knows no operation on Json: an object is a value there.
  if (field.type === 'Json' || !isRecord(asked)) return false
  const operations = Object.entries(asked)
  if (operations.length !== 1) return false
  const [name, operand] = operations[0]!
  if (operand === undefined) return false
  if (name === 'set') {
    const value = storedValue(field, operand, enums)
    if (value !== undefined) change.set[field.name] = value
    return value !== undefined
  }
  if (name === 'push' && field.list) {
    const items = storedItems(field, Array.isArray(operand) ? operand : [operand], enums)
    if (items && items.length > 0) change.push[field.name] = items
    return items !== undefined && items.length > 0
  }
  if (change.compute) {
    const computation = integerComputation(field, name, operand)
    if (computation) change.compute[field.name] = computation
    return computation !== undefined
  }
  const delta = integerDelta(field, name, operand)
  if (delta) change.add[field.name] = delta
  return delta !== undefined
}

/** The fields that have a value, as Prisma sees them: `undefined` is as good as absent. */
function givenFields(facts: ModelFacts, data: unknown): Planned<ReadonlyMap<ScalarField, unknown>> {
  if (!isRecord(data)) return refused('data is not an object')
  const fields = new Map(readableFields(facts).map((field) => [field.name, field]))
  const given = new Map<ScalarField, unknown>()
  for (const [name, value] of Object.entries(data)) {
    const field = fields.get(name)
    // Named without a value, a relation or an unknown field is refused by nobody.
    if (value === undefined) continue
    if (!field) return refused(`${name} is not a scalar field`)
    given.set(field, value)
  }
  return planned(given)
}

function operandOf(field: ScalarField, operation: Record<string, unknown>, name: string): unknown {
  if (field.type === 'Json') return undefined
  const names = Object.keys(operation)
  return names.length === 1 && names[0] === name ? operation[name] : undefined
}
