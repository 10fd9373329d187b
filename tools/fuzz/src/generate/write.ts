import type { Args, Call } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { createData, updateData } from './data.js'
import { byKey } from './read.js'
import { createManyRow, updateManyData } from './scalars.js'
import { scalarSelection, selectionOf } from './selection.js'
import { keyWhere, uniqueWhere, whereOf } from './where.js'

export function writeOf(context: Context, model: Model): Call {
  const { random } = context
  const operation = random.weighted([
    [5, 'create'],
    [5, 'update'],
    [4, 'upsert'],
    [1, 'delete'],
    [1, 'createMany'],
    [1, 'createManyAndReturn'],
    [1.5, 'updateMany'],
    [1, 'updateManyAndReturn'],
    [0.5, 'deleteMany'],
  ])
  return { kind: 'call', model: model.name, operation, args: argsOf(context, model, operation) }
}

/** A write that is answered from one row, and so can be accepted before Postgres sees it. */
export function oneRowWrite(context: Context, model: Model): Call {
  const { random } = context
  const operation = random.weighted([
    [5, 'update'],
    [2, 'create'],
    [5, 'upsert'],
    [0.6, 'delete'],
  ])
  const where = () =>
    keyWhere(context, model, random.chance(0.3) ? random.pick([model.key, ...model.uniques]) : model.key)
  const create = () => createManyRow(context, model)
  const update = () => (random.chance(0.1) ? otherKey(context, model) : updateManyData(context, model))
  const parts: Record<string, () => Args> = {
    update: () => ({ where: where(), data: update() }),
    create: () => ({ data: create() }),
    upsert: () => sameRow(model, { where: where(), create: create(), update: update() }),
    delete: () => ({ where: where() }),
  }
  const answer = random.weighted<Args>([
    [7, {}],
    [2, scalarSelection(context, model)],
    [1, selectionOf(context, model)],
  ])
  return {
    kind: 'call',
    model: model.name,
    operation,
    args: { ...parts[operation]!(), ...answer },
  }
}

/** The row under another key. */
function otherKey(context: Context, model: Model): Args {
  const row = createManyRow(context, model)
  const given = model.key.fields.filter((name) => row[name] !== undefined)
  return given.length === 0
    ? updateManyData(context, model)
    : Object.fromEntries(given.map((name) => [name, row[name]]))
}

function argsOf(context: Context, model: Model, operation: string): Args {
  const { random } = context
  // Half of the writes touch one row and nothing else: those are planned narrowly, and can be accepted early.
  const place = { depth: random.pick([0, 0, 0, 1, 2, 3]) }
  const answer = () => (random.chance(0.6) ? scalarSelection(context, model) : selectionOf(context, model))
  switch (operation) {
    case 'create':
      return { data: createData(context, model, place), ...answer() }
    case 'update':
      return { where: uniqueWhere(context, model), data: updateData(context, model, place), ...answer() }
    case 'upsert':
      return upsertArgs(context, model, place, answer())
    case 'delete':
      return { where: uniqueWhere(context, model), ...answer() }
    case 'createMany':
      return manyRows(context, model)
    case 'createManyAndReturn':
      return { ...manyRows(context, model), ...returned(context, model) }
    case 'updateMany':
      return { ...filter(context, model), data: updateManyData(context, model), ...limit(context) }
    case 'updateManyAndReturn':
      return { ...filter(context, model), data: updateManyData(context, model), ...returned(context, model) }
    default:
      return random.chance(0.02) ? {} : { ...filter(context, model), ...limit(context) }
  }
}

function upsertArgs(context: Context, model: Model, place: { depth: number }, answer: Args): Args {
  const args = {
    where: uniqueWhere(context, model),
    create: createData(context, model, place),
    update: updateData(context, model, place),
    ...answer,
  }
  return context.random.chance(0.8) ? sameRow(model, args) : args
}

/** The row that is looked for is the one that would be made. */
function sameRow(model: Model, args: { where: Args; create: Args; update: Args }): Args {
  const create = { ...args.create }
  for (const [name, value] of Object.entries(args.where)) {
    if (name in create) create[name] = value
    else if (name === model.key.name) Object.assign(create, value)
  }
  return { ...args, create }
}

function manyRows(context: Context, model: Model): Args {
  const { random } = context
  const rows = Array.from({ length: 1 + random.below(3) }, () => createManyRow(context, model))
  return {
    data: rows.length === 1 && random.chance(0.3) ? rows[0] : rows,
    ...(random.chance(0.5) ? { skipDuplicates: true } : {}),
  }
}

/** Of the relations only those that the row itself refers to. */
function returned(context: Context, model: Model): Args {
  const { random } = context
  const parents = model.relations.filter((relation) => relation.from.length > 0)
  if (parents.length > 0 && random.chance(0.2)) return { include: { [random.pick(parents).name]: true } }
  return scalarSelection(context, model)
}

/** Some rows more, lest the tables grow empty. */
export function moreRows(context: Context, model: Model): Call {
  const data = Array.from({ length: 4 }, () => createManyRow(context, model))
  return { kind: 'call', model: model.name, operation: 'createMany', args: { data, skipDuplicates: true } }
}

/** More than there are rows: which of them a smaller one leaves out is Postgres's choice. */
const limit = ({ random }: Context): Args => (random.chance(0.1) ? { limit: 100_000 } : {})

/** With a condition nearly always, lest the tables stay empty. */
function filter(context: Context, model: Model): Args {
  const { random } = context
  if (random.chance(0.3)) {
    const field = model.field(model.key.fields[0]!)
    return { where: { [field.name]: { in: [uniqueValue(context, model), uniqueValue(context, model)] } } }
  }
  if (random.chance(0.3)) return { where: byKey(context, model) }
  return { where: { AND: [whereOf(context, model, 1), whereOf(context, model, 1)] } }
}

function uniqueValue(context: Context, model: Model): unknown {
  return createManyRow(context, model)[model.key.fields[0]!] ?? 1
}
