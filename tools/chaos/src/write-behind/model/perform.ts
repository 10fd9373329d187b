import { type Changes, digitOf, type Key, NEW_ROW, type Operation, otherKey, type Row } from './operations.js'

/** The rows of a family; null where there is none. */
export type Rows = readonly [Row | null, Row | null]

export type Effect =
  | { readonly rows: Rows; readonly answer: Row; readonly failure?: never }
  /** Prisma's code; nothing is changed. */
  | { readonly failure: 'P2002' | 'P2025' }

/** What an operation does to a family, and what it is answered: a plain map instead of the whole machinery. */
export function perform(rows: Rows, operation: Operation): Effect {
  const { key } = operation
  const row = rows[key]
  switch (operation.kind) {
    case 'create':
      return row ? { failure: 'P2002' } : written(rows, key, created(operation))
    case 'update':
      return row ? written(rows, key, changed(row, operation, operation.changes)) : { failure: 'P2025' }
    case 'upsert':
      return written(rows, key, row ? changed(row, operation, operation.changes) : created(operation))
    case 'delete':
      return row ? { rows: replaced(rows, key, null), answer: row } : { failure: 'P2025' }
    case 'move': {
      if (!row) return { failure: 'P2025' }
      if (rows[otherKey(key)]) return { failure: 'P2002' }
      return { rows: replaced(replaced(rows, key, null), otherKey(key), row), answer: row }
    }
  }
}

function created({ number, digit }: Operation): Row {
  return { ...NEW_ROW, trace: [number], sum: digitOf(digit), last: number, note: `n${number}` }
}

function changed(row: Row, { number, digit }: Operation, changes: Changes): Row {
  return {
    trace: changes.push ? [...row.trace, number] : row.trace,
    sum: changes.add ? row.sum + digitOf(digit) : row.sum,
    count: changes.count ? row.count + 1 : row.count,
    last: changes.last ? number : row.last,
    note: changes.note ? `n${number}` : row.note,
  }
}

function written(rows: Rows, key: Key, row: Row): Effect {
  return { rows: replaced(rows, key, row), answer: row }
}

function replaced(rows: Rows, key: Key, row: Row | null): Rows {
  return key === 0 ? [row, rows[1]] : [rows[0], row]
}

export function sameRow(a: Row | null, b: Row | null): boolean {
  return rowText(a) === rowText(b)
}

export function rowText(row: Row | null): string {
  return row ? `[${row.trace}] ${row.sum} ${row.count} ${row.last} ${row.note}` : '-'
}
