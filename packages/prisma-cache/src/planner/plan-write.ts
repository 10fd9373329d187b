import type { Row } from '../protocol/row-codec.js'
import type { Tag } from '../protocol/tag.js'
import { libraryMakers, makeDefault } from './client-defaults.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { planProjection, withoutSelection } from './projection.js'
import { namedRow, rowIdOf } from './row-id.js'
import { nestedModels } from './written-models.js'

/** What a write that goes to Postgres first may touch, and how its answer is made. Nothing here is performed. */
export interface WritePlan {
  readonly model: string
  /** Touched as far as is known before the statement; covers everything that `after` may add. */
  readonly before: readonly Tag[]
  /** Every tag to publish, once the returned rows are known. */
  after(result: unknown): readonly Tag[]
  /** Must the tags be fenced, and that be awaited, before the statement? */
  readonly fenced: boolean
  /** Are versions also replaced beside the statement? Not where every model is `eventual`. */
  readonly early: boolean
  /** Is any of the models `strong`? */
  readonly strong: boolean
  /** Sent to Prisma instead of the caller's arguments, where the whole row or its key is wanted back. */
  readonly args: unknown
  /** The caller's own, when `args` are others. */
  readonly original?: unknown
  /** The caller's answer, of what Prisma returned for `args`. */
  answer(result: unknown): unknown
  /** The row that may be put into the cache, of what Prisma returned. */
  put(result: unknown): { readonly model: IndexedModel; readonly row: string; readonly values: Row } | undefined
  /** Models of which this write may change rows that `before` does not name. */
  readonly wide: ReadonlySet<string>
}

const ONE_ROW = new Set(['create', 'update', 'upsert', 'delete'])

export function planWrite(index: ModelIndex, model: IndexedModel, operation: string, args: unknown): WritePlan {
  const given = (args ?? {}) as Record<string, unknown>
  const data = [given.data, given.create, given.update].filter((part) => part !== undefined)
  const nested = nestedModels(index, model, data)
  if (!nested) return planEverything(index, model.name, args)
  if (nested.size > 0 || !ONE_ROW.has(operation)) return planWide(index, model, operation, given, nested)
  return planOneRow(index, model, operation, given)
}

/** A write of which nothing is known: raw SQL, an operation of a later Prisma. Touches every model. */
export function planEverything(index: ModelIndex, model: string, args: unknown, only?: readonly string[]): WritePlan {
  const models = withCascades(
    index,
    (only ?? index.names).flatMap((name) => index.get(name) ?? []),
  )
  return wideOver(model, models, args)
}

function planWide(
  index: ModelIndex,
  model: IndexedModel,
  operation: string,
  args: Record<string, unknown>,
  nested: ReadonlySet<IndexedModel>,
): WritePlan {
  const touched = [model, ...nested]
  // Nested writes may delete, and change keys, on either side.
  const follows = nested.size > 0 || operation === 'deleteMany' || setsKey(model, args.data)
  return wideOver(model.name, follows ? withCascades(index, touched) : touched, args)
}

function wideOver(model: string, models: readonly IndexedModel[], args: unknown): WritePlan {
  const names = [...new Set(models.map((m) => m.name))]
  const tags = names.flatMap((name) => wideTags(name))
  return {
    model,
    before: tags,
    after: () => tags,
    ...classOf(models),
    args,
    answer: (result) => result,
    put: () => undefined,
    wide: new Set(names),
  }
}

function planOneRow(
  index: ModelIndex,
  model: IndexedModel,
  operation: string,
  given: Record<string, unknown>,
): WritePlan {
  const { facts } = model
  const args = operation === 'create' ? { ...given, data: withKey(model, given.data) } : given
  const creates = operation === 'create' || operation === 'upsert'
  const changesKey = operation !== 'create' && setsPrimaryKey(model, operation === 'upsert' ? args.update : args.data)
  const known = [
    operation === 'create' ? undefined : namedRow(facts, args.where),
    creates ? rowIdOf(facts, ((operation === 'create' ? args.data : args.create) ?? {}) as Row) : undefined,
  ].filter((row) => row !== undefined)
  const pinned = known.length > 0 && (operation !== 'upsert' || known.length === 2)
  const follows =
    operation === 'delete' ||
    setsKey(model, operation === 'upsert' ? args.update : operation === 'update' ? args.data : undefined)
  const followers = follows ? model.cascades.flatMap((name) => index.get(name) ?? []) : []
  const rows: Tag[] = known.map((row) => ({ kind: 'row', model: model.name, row }))
  const around: Tag[] = followers.flatMap((m) => wideTags(m.name))
  const table: Tag = { kind: 'table', model: model.name }
  const wide: Tag = { kind: 'wide', model: model.name }
  const isWide = changesKey || followers.includes(model)
  const touched = classOf([model, ...followers])
  // Which row it is shows only in the answer: until then a strong reader may trust no row of the model.
  const before = [...rows, table, ...(isWide || (!pinned && touched.strong) ? [wide] : []), ...around]
  const projection = planProjection(facts, args, model.clientOmit)
  const puts = model.policy.strategy === 'writeThrough' && operation !== 'delete' && !isWide
  const whole = projection.kind === 'scalars' && (puts || !pinned)
  return {
    model: model.name,
    before,
    after(result) {
      const row = rowOf(facts, result)
      const written: Tag[] = row === undefined || known.includes(row) ? [] : [{ kind: 'row', model: model.name, row }]
      const unknown = row === undefined && !pinned && !before.includes(wide)
      return [...before, ...written, ...(unknown ? [wide] : [])]
    },
    ...touched,
    args: whole ? { ...withoutSelection(args), select: model.wholeRow } : args,
    ...(whole || args !== given ? { original: given } : {}),
    answer: (result) => (whole && projection.kind === 'scalars' && isRow(result) ? projection.project(result) : result),
    put(result) {
      if (!puts || !whole || !isRow(result)) return undefined
      const row = rowIdOf(facts, result)
      return row !== undefined && known.includes(row) ? { model, row, values: result } : undefined
    },
    wide: new Set([...(before.includes(wide) ? [model.name] : []), ...followers.map((m) => m.name)]),
  }
}

/**
 * A create of a write-through row gets its key here where Prisma's client would make it: known before the statement,
 * the row can be fenced and put.
 */
function withKey(model: IndexedModel, data: unknown): unknown {
  const [name, ...others] = model.facts.primaryKey?.fields ?? []
  if (model.policy.strategy !== 'writeThrough' || name === undefined || others.length > 0) return data
  if (data === null || typeof data !== 'object' || (data as Row)[name] !== undefined) return data
  const field = model.facts.fields.find((f) => f.name === name)
  if (field?.default?.by !== 'client') return data
  const key = makeDefault(field, field.default, libraryMakers)
  return typeof key === 'string' ? { ...data, [name]: key } : data
}

function wideTags(model: string): Tag[] {
  return [
    { kind: 'wide', model },
    { kind: 'table', model },
  ]
}

function withCascades(index: ModelIndex, models: readonly IndexedModel[]): IndexedModel[] {
  return [...new Set(models.flatMap((m) => [m, ...m.cascades.flatMap((name) => index.get(name) ?? [])]))]
}

function classOf(models: readonly IndexedModel[]): Pick<WritePlan, 'fenced' | 'early' | 'strong'> {
  const is = (wanted: string) => models.some((m) => m.policy.strategy !== 'none' && m.policy.consistency === wanted)
  const strong = is('strong')
  const fenced = strong || models.some((m) => m.policy.strategy === 'writeThrough')
  return { strong, fenced, early: !fenced && is('session') }
}

function setsPrimaryKey(model: IndexedModel, data: unknown): boolean {
  return setsAny(data, model.facts.primaryKey?.fields ?? [])
}

/** Does the data set a field that foreign keys may reference? */
function setsKey(model: IndexedModel, data: unknown): boolean {
  const { primaryKey, uniques } = model.facts
  return setsAny(data, [...(primaryKey?.fields ?? []), ...uniques.flatMap((unique) => unique.fields)])
}

function setsAny(data: unknown, fields: readonly string[]): boolean {
  if (data === null || typeof data !== 'object') return false
  return fields.some((field) => (data as Row)[field] !== undefined)
}

function isRow(result: unknown): result is Row {
  return result !== null && typeof result === 'object' && !Array.isArray(result)
}

function rowOf(facts: IndexedModel['facts'], result: unknown): string | undefined {
  return isRow(result) ? rowIdOf(facts, result) : undefined
}
