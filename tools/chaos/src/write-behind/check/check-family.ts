import type { Recorded, Rejection } from '../model/history.js'
import { isCovered } from '../model/history.js'
import type { Row } from '../model/operations.js'
import type { Rows } from '../model/perform.js'
import { findOrder, textOf } from './linearize.js'

export type FaultKind =
  | 'lost'
  | 'doubled'
  | 'reordered'
  | 'torn'
  | 'answer'
  | 'order'
  | 'rejection'
  | 'left'
  | 'stuck'
  | 'cache'

export interface Fault {
  readonly kind: FaultKind
  /** What it is about, and what is wrong with it. */
  readonly text: string
}

export interface FamilyHistory {
  readonly name: string
  readonly history: readonly Recorded[]
  /** Of this family's rows. */
  readonly rejections: readonly Rejection[]
  /** What Postgres has in the end. */
  readonly final: Rows
}

/** Each acknowledged write once and in order, every other one whole or not at all. */
export function checkFamily({ name, history, rejections, final }: FamilyHistory): Fault[] {
  const faults: Fault[] = []
  for (const rejection of rejections) {
    const victim = history.find(
      ({ outcome }) => outcome.kind === 'acknowledged' && isCovered(rejection, outcome.sequence),
    )
    if (victim) {
      const { number } = victim.operation
      faults.push({ kind: 'rejection', text: `${name}: acknowledged write ${number} was rejected: ${rejection.error}` })
    }
  }
  if (faults.length > 0) return faults
  const exact = findOrder(history, final)
  if (exact.explained) return []
  // A write of a row that was written past the queue is answered with what the row is once it is applied, and others may
  // have written it by then: such an answer is told apart from what Postgres has.
  const { explained, ends, reached } = findOrder(history, final, 'any')
  if (explained) return [{ kind: 'answer', text: `${name}: Postgres is right, and no order explains all answers` }]
  if (ends.length === 0) {
    const told = history.filter(({ outcome }) => outcome.kind === 'acknowledged' || outcome.kind === 'failed').length
    return [{ kind: 'order', text: `${name}: no order explains more than ${reached} of ${told} writes` }]
  }
  const wanted = exact.ends.length > 0 ? exact.ends : ends
  return [
    {
      kind: kindOf(history, final, wanted),
      text: `${name}: Postgres has ${textOf(final)}, not ${wanted.map(textOf).join(', nor ')}`,
    },
  ]
}

/** What the rows say of themselves, against the end that the answers allow. */
function kindOf(history: readonly Recorded[], final: Rows, ends: readonly Rows[]): FaultKind {
  const marks = marksOf(final)
  if (marks.some(([, times]) => times > 1)) return 'doubled'
  const found = new Set(marks.map(([mark]) => mark))
  const missing = ends.every((end) => marksOf(end).some(([mark]) => !found.has(mark) && isAcknowledged(history, mark)))
  if (missing || final.every((row, i) => row === null && ends.some((end) => end[i] !== null))) return 'lost'
  const sets = (rows: Rows) => [...new Set(marksOf(rows).map(([mark]) => mark))].sort().join()
  return ends.some((end) => sets(end) === sets(final)) ? 'reordered' : 'torn'
}

/** `push n` and `add digit`, and how often each is found. */
function marksOf(rows: Rows): [mark: string, times: number][] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    if (!row) continue
    for (const number of row.trace) counts.set(`push ${number}`, (counts.get(`push ${number}`) ?? 0) + 1)
    for (const [digit, times] of digitsOf(row)) counts.set(`add ${digit}`, times)
  }
  return [...counts]
}

function* digitsOf(row: Row): Generator<[digit: number, times: number]> {
  for (let [left, digit] = [row.sum, 0]; left > 0n; left /= 4n, digit++) {
    if (left % 4n > 0n) yield [digit, Number(left % 4n)]
  }
}

function isAcknowledged(history: readonly Recorded[], mark: string): boolean {
  const [kind, n] = mark.split(' ')
  return history.some(
    ({ operation, outcome }) =>
      outcome.kind === 'acknowledged' && (kind === 'push' ? operation.number : operation.digit) === Number(n),
  )
}
