import type { IndexedModel, ModelIndex } from './model-index.js'
import { type Image, imageOf, namedKeys, tableOnly } from './named-keys.js'
import { pinsOf } from './pins.js'
import { isObject } from './records.js'
import { setColumns } from './set-columns.js'
import { setsAny, setsKey, setsPrimaryKey } from './set-fields.js'
import { classOf, type WritePlan, wideTags } from './write-plan.js'

/** A write that may concern any row of a model, and of those that it reaches over relations. */
export function planWide(
  index: ModelIndex,
  model: IndexedModel,
  operation: string,
  args: Record<string, unknown>,
  nested: ReadonlySet<IndexedModel>,
): WritePlan {
  const touched = [model, ...nested]
  // Nested writes may delete, and change keys, on either side.
  const follows = nested.size > 0 || operation === 'deleteMany' || setsKey(model, args.data)
  const models = follows ? withCascades(index, touched) : touched
  const plan = wideOver(index, model.name, models, args)
  // The values that `where` pins are those of every row that is written, where no cascade leads back to the model.
  // Where the rows are chosen first, somebody may have changed them when it comes to write.
  const choosesFirst = args.limit !== undefined || index.emulatesRelations
  if (nested.size > 0 || model.cascades.includes(model.name) || choosesFirst) return plan
  const pins = pinsOf(model, args.where)
  const columns =
    operation === 'deleteMany' || setsPrimaryKey(model, args.data) ? undefined : setColumns(model, args.data)
  const images: Image[] = [(field) => pins.get(field), imageAfter(args.data, (field) => pins.get(field))]
  const keys = namedKeys(model, images, columns)
  const others = plan.before.filter((tag) => tag.kind !== 'table' || tag.model !== model.name)
  return { ...plan, before: [...others, tableOnly(model, columns)], after: () => [...others, ...keys] }
}

/** A write of which nothing is known: raw SQL, an operation of a later Prisma. Touches every model. */
export function planEverything(index: ModelIndex, model: string, args: unknown, only?: readonly string[]): WritePlan {
  const models = withCascades(
    index,
    (only ?? index.names).flatMap((name) => index.get(name) ?? []),
  )
  return wideOver(index, model, models, args)
}

function wideOver(index: ModelIndex, model: string, models: readonly IndexedModel[], args: unknown): WritePlan {
  const names = [...new Set(models.map((m) => m.name))]
  const tags = names.flatMap((name) => wideTags(name))
  return {
    model,
    before: tags,
    after: () => tags,
    worst: tags,
    ...classOf(models),
    args,
    answer: (result) => result,
    put: () => undefined,
    wide: new Set(names),
    ownKeysOnly: false,
    inParts: index.emulatesRelations,
  }
}

/** What rows are after: what they were, but for the fields that the write sets to a value. */
function imageAfter(data: unknown, before: Image): Image {
  return (field) => {
    if (!setsAny(data, [field.name])) return before(field)
    const value = (data as Record<string, unknown>)[field.name]
    return imageOf({ [field.name]: isObject(value) ? value.set : value })(field)
  }
}

function withCascades(index: ModelIndex, models: readonly IndexedModel[]): IndexedModel[] {
  return [...new Set(models.flatMap((m) => [m, ...m.cascades.flatMap((name) => index.get(name) ?? [])]))]
}
