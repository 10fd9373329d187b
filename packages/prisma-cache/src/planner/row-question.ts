import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { Keys } from '../protocol/keys.js'
import { isBlind, standsAlone } from './depends-on.js'
import type { IndexedModel } from './model-index.js'
import { type RowPlan, rowPlan } from './plan-read.js'
import { type Projection, planProjection } from './projection.js'
import { isLiteral } from './records.js'
import { exactText } from './row-id.js'

/** A question of one row by a key of one field, as far as it is one at all: `{ where: { id }, select? }`. */
export interface AskedRow {
  readonly row: string
  readonly entry: string
  /** The value of the key. */
  readonly value: unknown
  readonly projection: Scalars
  /** Does it name the fields that it wants? */
  readonly selects: boolean
}

type Scalars = Extract<Projection, { kind: 'scalars' }>

/** The questions of single rows of one model, planned once for all of them. */
export interface RowQuestions {
  readonly model: IndexedModel
  readonly consistency: ConsistencyClass
  /** Undefined: not such a question, or not certainly one that Prisma accepts; `planRead` knows. */
  read(args: unknown): AskedRow | undefined
  /** The same plan as `planRead` makes. */
  plan(asked: AskedRow): RowPlan
  /** The arguments as they were asked, and the caller's no longer. */
  args(asked: AskedRow): object
}

/** More selections than these are planned anew each time. */
const SELECTIONS = 200

/** @returns undefined for models whose rows need more than their key to be planned */
export function createRowQuestions(keys: Keys, model: IndexedModel): RowQuestions | undefined {
  const { policy, facts } = model
  if (policy.strategy === 'none' || policy.read.kind === 'none') return undefined
  if (!standsAlone(model) || isBlind(model) || model.omitted.size > 0 || model.scope.length > 0) return undefined
  const [name, ...others] = facts.primaryKey?.fields ?? []
  if (name === undefined || others.length > 0 || facts.primaryKey!.name !== name) return undefined
  const field = facts.fields.find((one) => one.name === name)!
  if (!TRUSTED.has(field.type)) return undefined
  const isUuid = field.nativeType?.[0] === 'Uuid'
  const whole = planProjection(model.kept, {}, model.clientOmit)
  const selections = new Map<string, Scalars>()

  function ofSelection(select: unknown): Scalars | undefined {
    if (select === undefined) return whole.kind === 'scalars' ? whole : undefined
    if (!isLiteral(select)) return undefined
    let text = ''
    for (const key in select) {
      if (select[key] !== true) return undefined
      text += `${key} `
    }
    const known = selections.get(text)
    if (known) return known
    const projection = planProjection(model.kept, { select })
    if (projection.kind !== 'scalars') return undefined
    if (selections.size < SELECTIONS) selections.set(text, projection)
    return projection
  }

  return {
    model,
    consistency: policy.consistency,
    read(args) {
      if (!isLiteral(args)) return undefined
      let where: unknown
      let select: unknown
      for (const key in args) {
        if (key === 'where') where = args.where
        else if (key === 'select') select = args.select
        else return undefined
        // Some clients refuse it.
        if (args[key] === undefined) return undefined
      }
      if (!isLiteral(where)) return undefined
      for (const key in where) if (key !== name) return undefined
      const value = where[name]
      const row = isTrusted(value) ? exactText(field, value) : undefined
      // A UUID in another spelling: `planRead` says why.
      if (row === undefined || (isUuid && row !== value)) return undefined
      const projection = ofSelection(select)
      return (
        projection && {
          row,
          entry: keys.rowEntry(model.name, row, facts.shapeHash),
          value,
          projection,
          selects: select !== undefined,
        }
      )
    },
    args: ({ value, projection: { names }, selects }) => ({
      where: { [name]: value },
      ...(selects ? { select: Object.fromEntries(names.map((one) => [one, true])) } : {}),
    }),
    plan: ({ row, entry, value, projection }) =>
      rowPlan({ model, models: [model], row, entry, projection, where: { [name]: value }, rest: {}, scope: '[]' }),
  }
}

/** Types of keys of which it is known here what Prisma and Postgres accept. */
const TRUSTED = new Set(['String', 'Int', 'BigInt'])

function isTrusted(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !value.includes('\0')
    case 'number':
      return (value | 0) === value
    case 'bigint':
      return BigInt.asIntN(64, value) === value
    default:
      return false
  }
}
