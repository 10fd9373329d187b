import type { Durability, ModelEntry, ModelFacts, WriteBehindPolicy } from '@prisma-cache/policy-dsl'
import { SHARDS } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { atOneInstant, isUnrepeated, libraryMakers, type ValueMakers } from './client-defaults.js'
import { standsAlone } from './depends-on.js'
import { fieldRules } from './field-policies.js'
import { planChange, planRow, type RowChange } from './plan-accept-data.js'
import { type Enums, storedValue } from './plan-accept-value.js'
import { type ClientOmit, planProjection } from './projection.js'
import { isRecord } from './records.js'
import { pinnedRow, rowIdOf } from './row-id.js'

interface AcceptPlanBase {
  readonly model: string
  readonly facts: ModelFacts
  /** Row id, as keys name it. */
  readonly row: string
  /** The values of the primary key. */
  readonly key: Row
  readonly flushEvery: number
  readonly durability: Durability
  /** Pending rows that one shard may hold, and what is done with a row that it has no room for. */
  readonly bound: number
  readonly onFull: WriteBehindPolicy['onFull']
  /** The caller's answer, of the merged row. */
  project(row: Row): Row
}

/** A write that is answered from one row. Values are as Prisma reads them back. */
export type AcceptPlan =
  /** `unrepeated`: the key was made for this write, so no row bears it and none needs to be read. */
  | (AcceptPlanBase & { readonly operation: 'create'; readonly create: Row; readonly unrepeated: boolean })
  | (AcceptPlanBase & { readonly operation: 'update'; readonly update: RowChange })
  | (AcceptPlanBase & { readonly operation: 'upsert'; readonly create: Row; readonly update: RowChange })
  | (AcceptPlanBase & { readonly operation: 'delete' })

export type AcceptDecision =
  | { readonly kind: 'accept'; readonly plan: AcceptPlan }
  /** `alone`: of what is pending, only changes of the very row must go first. */
  | { readonly kind: 'direct'; readonly reason: string; readonly alone?: true }

export interface AcceptContext {
  readonly enums: Enums
  readonly clientOmit?: ClientOmit
  /** Default: the clock and the libraries that Prisma uses. */
  readonly makers?: ValueMakers
}

const ARGUMENTS = {
  create: ['data'],
  update: ['where', 'data'],
  upsert: ['where', 'create', 'update'],
  delete: ['where'],
} as const
type AcceptOperation = keyof typeof ARGUMENTS
const ANSWER_ARGUMENTS = ['select', 'omit']

/**
 * Can this write be answered from one row, and how? What is not certain goes direct, where Prisma itself does it or
 * says what is wrong with it.
 */
export function planAccept(
  entry: ModelEntry,
  operation: string,
  args: unknown,
  context: AcceptContext,
): AcceptDecision {
  const { policy } = entry
  const { omitted, scope, kept: facts } = fieldRules(entry)
  if (policy.strategy !== 'writeBehind') return direct('not a write-behind model')
  if (facts.isView || !facts.primaryKey) return direct('no primary key')
  if (!standsAlone(entry)) return direct('writes of other models change its rows')
  if (!isAcceptOperation(operation)) return direct(`operation ${operation}`)
  // The row would be created without the field, or replaced with the one that stands.
  if (omitted.size > 0 && (operation === 'create' || operation === 'upsert'))
    return direct('a field of it is kept nowhere')
  // Whose row it is shows only in the row.
  if (scope.length > 0 && operation !== 'create') return direct('its rows are of a scope')
  if (!isRecord(args)) return direct('arguments')
  // No pending change takes or gives up a unique value then, but for the delete of the very row.
  if (operation === 'create' && policy.creates === 'writeThrough')
    return { ...direct('creates: writeThrough'), alone: true }
  const known: readonly string[] = [...ARGUMENTS[operation], ...ANSWER_ARGUMENTS]
  const unknown = Object.keys(args).find((name) => args[name] !== undefined && !known.includes(name))
  if (unknown !== undefined) return direct(`argument ${unknown}`)
  const projection = planProjection(facts, args, context.clientOmit, omitted.size === 0)
  if (projection.kind === 'other') return direct('the answer is more than scalars of the row')
  const makers = atOneInstant(context.makers ?? libraryMakers)
  return planOperation(facts, policy, operation, args, (row) => projection.project(row), context.enums, makers)
}

function planOperation(
  facts: ModelFacts,
  policy: WriteBehindPolicy,
  operation: AcceptOperation,
  args: Record<string, unknown>,
  project: (row: Row) => Row,
  enums: Enums,
  makers: ValueMakers,
): AcceptDecision {
  const { flushEvery, durability, onFull } = policy
  const bound = shardBound(policy.maxPending)
  const base = (row: string, key: Row) => ({
    ...{ model: facts.name, facts, row, key },
    ...{ flushEvery, durability, bound, onFull, project },
  })
  if (operation === 'create') {
    const made = planRow(facts, args.data, enums, makers)
    if (made.kind === 'refused') return direct(made.reason)
    const { row: create } = made.value
    const row = rowIdOf(facts, create)
    if (row === undefined) return direct('primary key')
    const unrepeated = keyFields(facts).some((field) => made.value.made.has(field.name) && isUnrepeated(field.default))
    return accept({ ...base(row, keyOf(facts, create)), operation, create, unrepeated })
  }
  const row = isRecord(args.where) ? pinnedRow(facts, args.where) : undefined
  if (row === undefined) return direct('where is not the primary key')
  const key = whereKey(facts, args.where as Record<string, unknown>)
  if (keyFields(facts).some((field) => storedValue(field, key[field.name], enums) === undefined)) return direct('where')
  const common = base(row, key)
  if (operation === 'delete') {
    if (isReferenced(facts)) return direct('other rows may refer to it')
    return facts.uniques.length > 0 ? direct('another row may take its unique value') : accept({ ...common, operation })
  }
  const change = planChange(
    facts,
    operation === 'update' ? args.data : args.update,
    enums,
    makers,
    policy.increments === 'absolute',
  )
  if (change.kind === 'refused') return direct(change.reason)
  const update = change.value
  if (touchesUnique(facts, update)) {
    return direct(isReferenced(facts) ? 'other rows may refer to a changed field' : 'a unique field is changed')
  }
  if (operation === 'update') return accept({ ...common, operation, update })
  const made = planRow(facts, args.create, enums, makers, policy.creates === 'writeThrough')
  if (made.kind === 'refused') return direct(made.reason)
  // An update of a row that is there; one that is not is Prisma's to create.
  if (policy.creates === 'writeThrough') return accept({ ...common, operation: 'update', update })
  const create = made.value.row
  // Legal, but then two rows are in question.
  if (rowIdOf(facts, create) !== row) return direct('the created row is another')
  return accept({ ...common, operation, create, update })
}

/** A count over all shards would cost each write a look at every one of them: each has its share, one row at least. */
export function shardBound(maxPending: number): number {
  return Math.max(1, Math.floor(maxPending / SHARDS))
}

/** The other side of a relation may hold a foreign key, and the database act on it or refuse. */
function isReferenced(facts: ModelFacts): boolean {
  return facts.relations.some((relation) => relation.from.length === 0)
}

/**
 * A value that a row gives up may be taken by another, and rows are applied in no order among each other: Postgres would
 * refuse the one that takes it. So what gives one up goes direct, after all that is pending, and only creates take one.
 */
function touchesUnique(facts: ModelFacts, change: RowChange): boolean {
  const changed = { ...change.set, ...change.add, ...change.compute }
  return facts.uniques.some((unique) => unique.fields.some((name) => name in changed))
}

function keyFields(facts: ModelFacts) {
  return facts.fields.filter((field) => facts.primaryKey?.fields.includes(field.name))
}

function keyOf(facts: ModelFacts, row: Row): Row {
  return Object.fromEntries((facts.primaryKey?.fields ?? []).map((name) => [name, row[name]]))
}

/** Of a `where` that pins a row: the key itself, or the object under the name of the compound key. */
function whereKey(facts: ModelFacts, where: Record<string, unknown>): Row {
  const { name, fields } = facts.primaryKey!
  return keyOf(facts, fields.length === 1 && fields[0] === name ? where : (where[name] as Row))
}

function isAcceptOperation(operation: string): operation is AcceptOperation {
  return Object.hasOwn(ARGUMENTS, operation)
}

const accept = (plan: AcceptPlan): AcceptDecision => ({ kind: 'accept', plan })
const direct = (reason: string) => ({ kind: 'direct', reason }) as const
