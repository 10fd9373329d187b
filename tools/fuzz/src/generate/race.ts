import type { ScalarField } from 'prisma-cache'
import type { Args, Call, Operation, Racing } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { wholeRow } from './read.js'
import { createManyRow } from './scalars.js'
import { fieldItem, fieldValue, isNumber } from './values.js'
import { keyValues, whereOfKey } from './where.js'

export interface Race {
  /** Makes the row, where it is not there yet. */
  readonly begin: Call
  readonly race: Operation
}

/**
 * Writes of one row, or of rows of one table, at the same moment by several clients, with readers among them. The writes
 * commute, so that both twins end alike in whatever order Postgres takes them: sums of the same field, values of fields
 * that nobody else sets, new rows.
 */
export function raceOf(context: Context, model: Model, clients: number, ask: () => Call): Race | undefined {
  const { random } = context
  const free = model.fields.filter((field) => isFree(model, field))
  if (free.length === 0) return undefined
  const key = keyValues(context, model)
  const where = whereOfKey(key, model.key)
  const begun = { ...createManyRow(context, model), ...key }
  const begin: Call = {
    kind: 'call',
    model: model.name,
    operation: 'createMany',
    args: { data: [begun], skipDuplicates: true },
  }
  const first = random.below(clients)
  const owners = new Map(free.filter((field) => !isNumber(field)).map((field) => [field, random.below(3)]))
  const writers = Array.from({ length: 2 + random.below(2) }, (_, i): Racing => {
    const call = random.chance(0.1) ? newRow(context, model, i) : changeOfRow(context, model, where, i, owners)
    // What one client sends goes one way, and hardly ever overtakes itself.
    const at = { client: random.chance(0.8) ? (first + i) % clients : first, session: 'own' as const }
    if (!call || random.chance(0.75)) return { kind: 'single', step: call ?? wholeRow(context, model), ...at }
    return { kind: 'interactive', steps: [call], rollback: random.chance(0.3), ...at }
  })
  const row: Call = { kind: 'call', model: model.name, operation: 'findUnique', args: { where } }
  const readers = Array.from(
    { length: 1 + random.below(4) },
    (): Racing => ({
      kind: 'single',
      step: random.chance(0.6) ? row : ask(),
      client: random.below(clients),
      session: 'own',
    }),
  )
  return { begin, race: { kind: 'race', members: [...writers, ...readers], slowMs: random.pick([0, 5, 10, 20]) } }
}

/** Is it no part of a key, so that nothing that others write can make Postgres refuse a value? */
function isFree(model: Model, field: ScalarField): boolean {
  const ofKeys = [model.key, ...model.uniques].some((key) => key.fields.includes(field.name))
  return (
    !ofKeys && !model.foreign.has(field.name) && !model.timed.has(field.name) && !field.list && field.type !== 'Json'
  )
}

function changeOfRow(
  context: Context,
  model: Model,
  where: Args,
  writer: number,
  owners: ReadonlyMap<ScalarField, number>,
): Call | undefined {
  const { random } = context
  const numbers = model.fields.filter((field) => isFree(model, field) && isNumber(field) && random.chance(0.5))
  const own = [...owners].flatMap(([field, owner]) => (owner === writer ? [field] : []))
  const data = Object.fromEntries([
    ...numbers.map((field) => [field.name, { increment: fieldItem(context, model, field) }] as const),
    ...own.map((field) => [field.name, fieldValue(context, model, field)] as const),
  ])
  if (Object.keys(data).length === 0) return undefined
  return { kind: 'call', model: model.name, operation: 'update', args: { where, data } }
}

/** With a key that no other writer of the race uses, where Postgres has no other reason to refuse it, now or at a flush. */
function newRow(context: Context, model: Model, writer: number): Call | undefined {
  const [name, ...others] = model.key.fields
  if (model.uniques.length > 0 || others.length > 0 || model.field(name!).type !== 'String') return undefined
  if (model.field(name!).nativeType || model.foreign.size > 0) return undefined
  const data = { ...createManyRow(context, model), [name!]: `raced${writer}${context.random.below(1000)}` }
  return { kind: 'call', model: model.name, operation: 'create', args: { data } }
}
