import type { Args } from '../operation.js'
import type { Model, Relation } from '../schema/models.js'
import type { Context } from './context.js'
import { changes, createManyRow, createValue, type Form, isGiven, isOfForm, updateManyData } from './scalars.js'
import { isAskable } from './values.js'
import { scalarFilter, uniqueWhere, whereOf } from './where.js'

/** Where data stands. */
export interface Place {
  /** The relation through which the data is written: the side of it that the parent fills in is left out. */
  readonly through?: Relation
  /** Levels of nested writes that may still follow. */
  readonly depth: number
}

export function createData(context: Context, model: Model, place: Place): Args {
  const { random } = context
  const form: Form = random.chance(0.5) ? 'relations' : 'foreignKeys'
  const given = new Set(place.through?.inverse.from ?? [])
  const data: Args = {}
  for (const field of model.fields) {
    if (given.has(field.name) || !isOfForm(model, field, form)) continue
    if (isGiven(context, model, field)) data[field.name] = createValue(context, model, field)
  }
  for (const relation of model.relations) {
    if (relation.name === place.through?.inverse.name || !relationOfForm(relation, form)) continue
    const needed = relation.from.length > 0 && !relation.nullable
    if (needed || (place.depth > 0 && random.chance(0.3)))
      data[relation.name] = nestedCreate(context, relation, place.depth)
  }
  return data
}

export function updateData(context: Context, model: Model, place: Place): Args {
  const { random } = context
  const form: Form = random.chance(0.5) ? 'relations' : 'foreignKeys'
  const given = new Set(place.through?.inverse.from ?? [])
  const fields = model.fields.filter((field) => !given.has(field.name) && isOfForm(model, field, form))
  const data = changes(context, model, fields)
  if (place.depth > 0) {
    for (const relation of model.relations) {
      if (relation.name === place.through?.inverse.name || !relationOfForm(relation, form)) continue
      if (random.chance(0.3)) data[relation.name] = nestedUpdate(context, relation, place.depth)
    }
  }
  return data
}

const relationOfForm = (relation: Relation, form: Form) => form === 'relations' || relation.from.length === 0

/** What a create writes through a relation. */
function nestedCreate(context: Context, relation: Relation, depth: number): Args {
  return one(context, [
    [4, 'create'],
    [2, 'connectOrCreate'],
    [3, 'connect'],
    [relation.list && !relation.manyToMany ? 1 : 0, 'createMany'],
  ])(relation, depth)
}

/** What an update writes through a relation; at times two things at once. */
function nestedUpdate(context: Context, relation: Relation, depth: number): Args {
  // Rows that must have a parent cannot be let go of; asked for rarely, since Prisma only refuses.
  const loose = relation.manyToMany || relation.inverse.nullable || relation.nullable ? 1 : 0.03
  const choices: Choices = relation.list
    ? [
        [2, 'create'],
        [1, 'connectOrCreate'],
        [2, 'connect'],
        [relation.manyToMany ? 0 : 1, 'createMany'],
        [1, 'upsert'],
        [loose, 'set'],
        [loose, 'disconnect'],
        [1, 'delete'],
        [2, 'update'],
        [1, 'updateMany'],
        [1, 'deleteMany'],
      ]
    : [
        [2, 'create'],
        [1, 'connectOrCreate'],
        [2, 'connect'],
        [1, 'upsert'],
        [relation.nullable ? 1 : 0.03, 'disconnect'],
        [relation.nullable ? 1 : 0.03, 'delete'],
        [2, 'update'],
      ]
  const first = one(context, choices)(relation, depth)
  return relation.list && context.random.chance(0.15) ? { ...first, ...one(context, choices)(relation, depth) } : first
}

type Choices = readonly (readonly [number, string])[]

function one(context: Context, choices: Choices) {
  return (relation: Relation, depth: number): Args => {
    const name = context.random.weighted(choices)
    return { [name]: relation.list ? ofList(context, relation, name, depth) : ofOne(context, relation, name, depth) }
  }
}

function ofList(context: Context, relation: Relation, name: string, depth: number): unknown {
  const { random, models } = context
  const other = models.get(relation.model)
  const place = { through: relation, depth: depth - 1 }
  const several = (make: () => unknown) =>
    random.chance(0.6) ? make() : Array.from({ length: 1 + random.below(2) }, make)
  const key = () => uniqueWhere(context, other)
  /** Conditions on the other model's own fields are all that these may have. */
  const condition = () => {
    const field = random.pick(other.fields.filter((item) => isAskable(other, item)))
    return { [field.name]: scalarFilter(context, other, field) }
  }
  switch (name) {
    case 'create':
      return several(() => createData(context, other, place))
    case 'createMany':
      return {
        data: Array.from({ length: 1 + random.below(2) }, () => createManyRow(context, other, relation)),
        ...(random.chance(0.4) ? { skipDuplicates: true } : {}),
      }
    case 'connectOrCreate':
      return several(() => ({ where: key(), create: createData(context, other, place) }))
    case 'upsert':
      return several(() => ({
        where: key(),
        update: updateData(context, other, place),
        create: createData(context, other, place),
      }))
    case 'update':
      return several(() => ({ where: key(), data: updateData(context, other, place) }))
    case 'updateMany':
      return several(() => ({ where: condition(), data: updateManyData(context, other, relation) }))
    case 'deleteMany':
      return several(condition)
    case 'set':
      return random.chance(0.3) ? [] : several(key)
    default:
      return several(key)
  }
}

function ofOne(context: Context, relation: Relation, name: string, depth: number): unknown {
  const { random, models } = context
  const other = models.get(relation.model)
  const place = { through: relation, depth: depth - 1 }
  switch (name) {
    case 'create':
      return createData(context, other, place)
    case 'connect':
      return uniqueWhere(context, other)
    case 'connectOrCreate':
      return { where: uniqueWhere(context, other), create: createData(context, other, place) }
    case 'upsert':
      return { update: updateData(context, other, place), create: createData(context, other, place) }
    case 'update': {
      const data = updateData(context, other, place)
      return random.chance(0.3) ? { where: whereOf(context, other, 1), data } : data
    }
    default:
      return random.chance(0.7) ? true : whereOf(context, other, 1)
  }
}
