import type { Row } from '../protocol/row-codec.js'
import type { Tag } from '../protocol/tag.js'
import { libraryMakers, makeDefault } from './client-defaults.js'
import { standsAlone } from './depends-on.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { type Image, imageOf, namedKeys, tableOnly } from './named-keys.js'
import type { NarrowField } from './narrow-fields.js'
import { type Pins, pinsOf } from './pins.js'
import { flattenConnects } from './plain-connects.js'
import { type Projection, planProjection, withoutSelection } from './projection.js'
import { isObject } from './records.js'
import { namedRow, rowIdOf } from './row-id.js'
import { setColumns } from './set-columns.js'
import { setsAny, setsKey, setsPrimaryKey } from './set-fields.js'
import { classOf, type WritePlan, wideTags } from './write-plan.js'

/** A write of one row that reaches no other but by cascades. */
export function planOneRow(
  index: ModelIndex,
  model: IndexedModel,
  operation: string,
  given: Record<string, unknown>,
): WritePlan {
  const { facts } = model
  const args =
    operation === 'create' && writesThrough(model, operation) ? { ...given, data: withKey(model, given.data) } : given
  const creates = operation === 'create' || operation === 'upsert'
  const created = creates ? flattenConnects(index, model, operation === 'create' ? args.data : args.create).data : {}
  const updates = operation === 'update' || operation === 'upsert'
  const update = flattenConnects(index, model, operation === 'update' ? args.data : args.update)
  const updated = updates ? update.data : {}
  const changesKey = setsPrimaryKey(model, updated)
  const known = [
    operation === 'create' ? undefined : namedRow(facts, args.where),
    creates ? rowIdOf(facts, created ?? {}) : undefined,
  ].filter((row) => row !== undefined)
  const pinned = known.length > 0 && (operation !== 'upsert' || known.length === 2)
  const follows = operation === 'delete' || setsKey(model, updated)
  const followers = follows ? model.cascades.flatMap((name) => index.get(name) ?? []) : []
  const rows: Tag[] = known.map((row) => ({ kind: 'row', model: model.name, row }))
  const around: Tag[] = followers.flatMap((m) => wideTags(m.name))
  const wide: Tag = { kind: 'wide', model: model.name }
  const isWide = changesKey || followers.includes(model)
  const touched = classOf([model, ...followers])
  // Which row it is shows only in the answer: until then a strong reader may trust no row of the model.
  const beside = [...rows, ...(isWide || (!pinned && touched.strong) ? [wide] : []), ...around]
  const columns = operation === 'update' && !isWide ? setColumns(model, updated) : undefined
  const before = [...beside, tableOnly(model, columns)]
  const projection = planProjection(facts, args, model.clientOmit)
  const puts = writesThrough(model, operation) && operation !== 'delete' && !isWide && standsAlone(model)
  const whole = projection.kind === 'scalars' && (puts || !pinned)
  const asked = whole ? undefined : withKeys(model, args)
  // Where Prisma reads the row by `where` and then writes it by its key, somebody may have come between.
  const pins: Pins = updates && update.disconnects ? new Map() : pinsOf(model, args.where)
  const readBefore = operation === 'delete' && selectsRelations(model, args)
  return {
    model: model.name,
    before,
    after(returned) {
      const result = readBefore ? undefined : returned
      const row = rowOf(facts, result)
      const written: Tag[] = row === undefined || known.includes(row) ? [] : [{ kind: 'row', model: model.name, row }]
      const unknown = row === undefined && !pinned && !beside.includes(wide)
      const image = imageOf(isObject(result) ? result : {})
      // Followers among the model's own rows have values that nobody names.
      const wherePins: Image = (field) => pins.get(field)
      const own = readBefore ? [wherePins] : [image, imageBefore(updated, image, wherePins)]
      const images = followers.includes(model) ? [] : own
      return [
        ...beside,
        ...written,
        ...(unknown ? [wide] : []),
        ...(images.length > 0 ? namedKeys(model, images, columns) : []),
      ]
    },
    lost: operation === 'update' && !update.disconnects ? lostFields(model, updated, pins) : [],
    worst: [...beside, ...(pinned ? [] : [wide]), { kind: 'table', model: model.name }],
    ...touched,
    ...(puts ? { fenced: true, early: false } : {}),
    args: whole
      ? { ...withoutSelection(args), select: { ...model.wholeRow, ...flagsOf(projection) } }
      : asked
        ? asked.args
        : args,
    ...(whole || asked || args !== given ? { original: given } : {}),
    answer(result) {
      if (!isObject(result)) return result
      if (whole && projection.kind === 'scalars') return projection.project(result)
      return asked ? asked.strip(result) : result
    },
    put(result) {
      if (!puts || !whole || !isObject(result)) return undefined
      const row = rowIdOf(facts, result)
      return row !== undefined && known.includes(row) ? { model, row, values: result } : undefined
    },
    wide: new Set([...(beside.includes(wide) ? [model.name] : []), ...followers.map((m) => m.name)]),
    // Of a row that is made with a key of its own nothing can have been accepted.
    ...(operation !== 'create' && !pinned ? { unnamed: true as const } : {}),
    ownKeysOnly: !follows && !changesKey,
    inParts: index.emulatesRelations && followers.length > 0,
  }
}

/** What a row was before: what it is now, but for the fields that the write has set; those may be pinned by `where`. */
function imageBefore(data: unknown, now: Image, pinned: Image): Image {
  return (field) => (setsAny(data, [field.name]) ? pinned(field) : now(field))
}

function lostFields(model: IndexedModel, data: unknown, pins: Pins): readonly NarrowField[] {
  return model.narrow.filter((field) => setsAny(data, [field.name]) && !pins.has(field))
}

function selectsRelations(model: IndexedModel, { include, select }: Record<string, unknown>): boolean {
  if (include !== undefined && include !== null) return true
  return isObject(select) && Object.entries(select).some(([name, flag]) => flag && !model.scalarNames.has(name))
}

/** The caller's selection with the fields that keys are named by. */
function withKeys(model: IndexedModel, args: Record<string, unknown>) {
  const { select } = args
  if (!isObject(select) || !Object.values(select).includes(true)) return undefined
  // A field that another extension computes may need one that would be taken away again.
  const isOwn = (name: string) => model.scalarNames.has(name) || model.relations.has(name) || name === '_count'
  if (!Object.keys(select).every(isOwn)) return undefined
  const added = model.narrow.map((field) => field.name).filter((name) => select[name] !== true)
  if (added.length === 0) return undefined
  return {
    args: { ...args, select: { ...select, ...Object.fromEntries(added.map((name) => [name, true])) } },
    strip(result: Row): Row {
      const own = { ...result }
      for (const name of added) delete own[name]
      return own
    },
  }
}

/** Does the row that is written land in the cache? */
function writesThrough({ policy }: IndexedModel, operation: string): boolean {
  if (policy.strategy === 'writeBehind') return operation === 'create' && policy.creates === 'writeThrough'
  return policy.strategy === 'writeThrough'
}

/**
 * A create of a write-through row gets its key here where Prisma's client would make it: known before the statement,
 * the row can be fenced and put.
 */
function withKey(model: IndexedModel, data: unknown): unknown {
  const [name, ...others] = model.facts.primaryKey?.fields ?? []
  if (name === undefined || others.length > 0) return data
  if (data === null || typeof data !== 'object' || (data as Row)[name] !== undefined) return data
  const field = model.facts.fields.find((f) => f.name === name)
  if (field?.default?.by !== 'client') return data
  const key = makeDefault(field, field.default, libraryMakers)
  return typeof key === 'string' ? { ...data, [name]: key } : data
}

/** What the answer needs of a row beside what may be kept. */
function flagsOf(projection: Projection): Record<string, true> {
  return projection.kind === 'other' ? {} : Object.fromEntries(projection.names.map((name) => [name, true as const]))
}

function rowOf(facts: IndexedModel['facts'], result: unknown): string | undefined {
  return isObject(result) ? rowIdOf(facts, result) : undefined
}
