import { decodeField } from '../../../src/protocol/field-codec.js'
import type { Row } from '../../../src/protocol/row-codec.js'
import type { Acceptance } from '../../../src/queue/accept.js'
import type { ChangeKind, SealedChange } from '../../../src/queue/change.js'
import { facts } from './accept-bench.js'

export type Step =
  | { readonly kind: 'write'; readonly write: Omit<Acceptance, 'facts'> }
  /** Takes what is open, unless a batch is sealed. */
  | { readonly kind: 'seal' }
  /** Applies the sealed batch to the database, and drops it. */
  | { readonly kind: 'apply' }

export type Expected = 'exists' | 'missing' | 'overflow' | Row

/** What the write answers, and what it makes of the row, by definition: one row, changed at once. */
export function writeDirectly(row: Row | null, write: Omit<Acceptance, 'facts'>): { reply: Expected; row: Row | null } {
  const branch = write.operation === 'upsert' ? (row ? 'update' : 'create') : write.operation
  if (branch === 'create') return row ? { reply: 'exists', row } : same({ ...write.create })
  if (!row) return { reply: 'missing', row }
  if (branch === 'delete') return { reply: row, row: null }
  const { set, add, push, compute = {} } = write.update!
  const next: Row = { ...row, ...set }
  for (const [name, { delta }] of Object.entries(add)) next[name] = plus(next[name], delta)
  for (const [name, { how, operand, min, max }] of Object.entries(compute)) {
    const value = next[name]
    if (value === null) continue
    const old = BigInt(value as number | bigint)
    const result = how === '+' ? old + operand : how === '*' ? old * operand : old / operand
    if (result < min || result > max) return { reply: 'overflow', row }
    next[name] = typeof value === 'bigint' ? result : Number(result)
  }
  for (const [name, items] of Object.entries(push)) next[name] = [...((next[name] as unknown[]) ?? []), ...items]
  return same(next)
}

const same = (row: Row) => ({ reply: row, row })

function plus(value: unknown, delta: bigint): unknown {
  if (value === null) return null
  return typeof value === 'bigint' ? value + delta : Number(value) + Number(delta)
}

/** What Postgres makes of a change. Throws where it would refuse it: then the fold has lost something. */
export function applyChange(row: Row | null, change: Pick<SealedChange, 'kind' | 'set' | 'add'>): Row | null {
  const set = Object.fromEntries(
    Object.entries(change.set).map(([name, text]) => [
      name,
      decodeField(facts.fields.find((field) => field.name === name)!, text),
    ]),
  )
  switch (change.kind) {
    case 'C':
      if (row) throw new Error('a create of a row that exists')
      return set
    case 'R':
      if (!row) throw new Error('a replacement of a row that does not exist')
      return set
    case 'D':
      if (!row) throw new Error('a delete of a row that does not exist')
      return null
    case 'U': {
      if (!row) throw new Error('an update of a row that does not exist')
      const next: Row = { ...row, ...set }
      for (const [name, delta] of Object.entries(change.add)) {
        if (name in set) throw new Error('a field that is set has a delta')
        next[name] = plus(row[name], BigInt(delta))
      }
      return next
    }
  }
}

/** The open change of a row as a hash, in the form of a sealed one. */
export function openAsSealed(hash: Record<string, string>): SealedChange | undefined {
  if (!hash['#kind']) return undefined
  const pick = (mark: string) =>
    Object.fromEntries(Object.entries(hash).flatMap(([key, text]) => (key[0] === mark ? [[key.slice(1), text]] : [])))
  return {
    kind: hash['#kind'] as ChangeKind,
    first: Number(hash['#first']),
    last: Number(hash['#last']),
    since: Number(hash['#since']),
    set: pick('='),
    add: pick('+'),
  }
}
