import type { Reply } from '../child/messages.js'
import type { Outcome } from '../model/history.js'
import { type Changes, digitOf, type Key, type Operation, otherKey, type Past, type Row } from '../model/operations.js'

/** A call as a client is given it. */
export interface Call {
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly way?: Past
}

/** A family in the database: an odd one has a compound key. */
export interface FamilyPlace {
  readonly model: 'Entry' | 'Cell'
  /** Values of the key's fields. */
  readonly keys: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]
  /** As the queue names the rows. */
  readonly rowIds: readonly [string, string]
}

export function placeOf(run: string, family: number): FamilyPlace {
  if (family % 2 === 0) {
    const ids = [`${run}-${family}`, `${run}-${family}-b`] as const
    return { model: 'Entry', keys: [{ id: ids[0] }, { id: ids[1] }], rowIds: ids }
  }
  const keys = [
    { x: family, y: run },
    { x: family, y: `${run}-b` },
  ] as const
  return { model: 'Cell', keys, rowIds: [`${family},${run}`, `${family},${run}-b`] }
}

export function callOf(place: FamilyPlace, operation: Operation): Call {
  if (operation.past === 'sql') return statementOf(place, operation)
  const call = prismaCallOf(place, operation)
  if (operation.past === 'many') return manyOf(place, operation, call)
  return operation.past === undefined ? call : { ...call, way: operation.past }
}

/** `at` names one row as a unique key only: for many, its fields are named. */
function manyOf({ keys }: FamilyPlace, { key }: Operation, { model, operation, args }: Call): Call {
  return { model, operation: `${operation}Many`, args: { ...(args as object), where: keys[key] } }
}

function statementOf({ model, keys }: FamilyPlace, operation: Operation): Call {
  const [table, trace, count] = model === 'Entry' ? ['"Entry"', 'trace', 'count'] : ['cells', 'trace_list', 'count_of']
  const values = Object.values(keys[operation.key])
  const where = model === 'Entry' ? 'id = $1' : 'x = $1 AND y_text = $2'
  const { number, digit } = operation
  if (operation.kind !== 'update') {
    return { model, operation: 'sql', args: [`DELETE FROM ${table} WHERE ${where}`, ...values] }
  }
  const { push, add, last, note, ...changes } = operation.changes
  const sets = [
    ...(push ? [`${trace} = array_append(${trace}, ${number})`] : []),
    ...(add ? [`sum = sum + ${digitOf(digit)}`] : []),
    ...(changes.count ? [`${count} = ${count} + 1`] : []),
    ...(last ? [`last = ${number}`] : []),
    ...(note ? [`note = 'n${number}'`] : []),
  ]
  return { model, operation: 'sql', args: [`UPDATE ${table} SET ${sets.join(', ')} WHERE ${where}`, ...values] }
}

function prismaCallOf({ model, keys }: FamilyPlace, operation: Operation): Call {
  const { number, digit, key } = operation
  const where = (which: Key) => ({
    ...(model === 'Cell' ? { at: keys[which] } : keys[which]),
    ...(operation.past === 'where' ? { NOT: { note: 'never' } } : {}),
  })
  const create = { ...keys[key], trace: [number], sum: digitOf(digit), last: number, note: `n${number}` }
  switch (operation.kind) {
    case 'create':
      return { model, operation: 'create', args: { data: create } }
    case 'update':
      return { model, operation: 'update', args: { where: where(key), data: dataOf(operation, operation.changes) } }
    case 'upsert': {
      const update = dataOf(operation, operation.changes)
      return { model, operation: 'upsert', args: { where: where(key), create, update } }
    }
    case 'delete':
      return { model, operation: 'delete', args: { where: where(key) } }
    case 'move':
      return { model, operation: 'update', args: { where: where(key), data: keys[otherKey(key)] } }
  }
}

function dataOf({ number, digit }: Operation, { push, add, count, last, note }: Changes) {
  return {
    ...(push ? { trace: { push: number } } : {}),
    ...(add ? { sum: { increment: digitOf(digit) } } : {}),
    ...(count ? { count: { increment: 1 } } : {}),
    ...(last ? { last: number } : {}),
    ...(note ? { note: `n${number}` } : {}),
  }
}

export function rowOf(value: unknown): Row {
  const { trace, sum, count, last, note } = value as Row
  return { trace: [...trace], sum: BigInt(sum), count, last, note }
}

/** Of what is answered with a count: nothing there to change is Prisma's P2025, and the row itself is not known. */
export function familyOutcomeOf(reply: Reply | undefined): Outcome<Row> {
  if (!reply?.ok) return outcomeOf(reply, rowOf)
  const value = reply.value as number | { readonly count: number; readonly trace?: unknown }
  const count = typeof value === 'number' ? value : 'trace' in value ? undefined : value.count
  if (count === 0) return { kind: 'failed', code: 'P2025' }
  return outcomeOf(reply, count === undefined ? rowOf : () => undefined)
}

const REFUSED = ['PC1307', 'PC1101', 'PC1306', 'PC1102']

/** What the caller knows by this reply. */
export function outcomeOf<A>(reply: Reply | undefined, answerOf: (value: unknown) => A | undefined): Outcome<A> {
  if (!reply) return { kind: 'unknown', error: 'its process died' }
  if (reply.ok) return { kind: 'acknowledged', answer: answerOf(reply.value), sequence: reply.sequence }
  const { code, message } = reply
  const error = `${code} ${message.trim().split('\n').at(-1)?.slice(0, 200)}`
  if (reply.reached) return { kind: 'unknown', error }
  if (/^P200[23]$|^P2025$/.test(code)) return { kind: 'failed', code }
  if (REFUSED.includes(code) || (code === 'PC1301' && message.includes('was not accepted')))
    return { kind: 'refused', error }
  // A write that is left to Postgres waits for what is pending before it is sent.
  if (code === 'PC1302' && !reply.reached) return { kind: 'refused', error }
  return { kind: 'unknown', error }
}
