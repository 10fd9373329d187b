import { checkFamily, type FamilyHistory } from '../../src/write-behind/check/check-family.js'
import { START } from '../../src/write-behind/check/linearize.js'
import type { Outcome, Recorded, Rejection } from '../../src/write-behind/model/history.js'
import type { Operation, Row } from '../../src/write-behind/model/operations.js'
import { perform, type Rows } from '../../src/write-behind/model/perform.js'

const ADD = { add: true } as const
const PUSH = { push: true, last: true } as const

/** Writes one after another, each answered as a plain map would, but for those whose fate is `unknown`. */
function sequential(
  operations: readonly Operation[],
  unknown: readonly number[] = [],
): { history: Recorded[]; final: Rows } {
  let rows: Rows = START
  const history = operations.map((operation, i): Recorded => {
    const effect = perform(rows, operation)
    if (effect.failure !== undefined) return at(operation, i, { kind: 'failed', code: effect.failure })
    if (unknown.includes(operation.number)) return at(operation, i, { kind: 'unknown', error: 'its process died' })
    rows = effect.rows
    return at(operation, i, { kind: 'acknowledged', answer: effect.answer, sequence: operation.number })
  })
  return { history, final: rows }
}

const at = (operation: Operation, i: number, outcome: Outcome): Recorded => ({
  operation,
  invoked: 2 * i + 1,
  returned: outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : 2 * i + 2,
  outcome,
})

const op = (number: number, kind: 'create' | 'delete' | 'move', key: 0 | 1 = 0): Operation => ({
  kind,
  number,
  key,
  digit: number,
})
const up = (number: number, changes: object, kind: 'update' | 'upsert' = 'update'): Operation => ({
  kind,
  number,
  key: 0,
  digit: number,
  changes,
})

const faults = (family: Partial<FamilyHistory> & Pick<FamilyHistory, 'history' | 'final'>) =>
  checkFamily({ name: 'f', rejections: [], ...family }).map(({ kind }) => kind)
const with_ = (final: Rows, change: Partial<Row>): Rows => [{ ...final[0]!, ...change }, final[1]]

const WRITES = [op(1, 'create'), up(2, ADD), up(3, PUSH), up(4, { ...ADD, push: true }, 'upsert'), up(5, ADD)]

it('takes what a plain map would have', () => {
  expect(faults(sequential(WRITES))).toEqual([])
  const moved = [...WRITES, op(6, 'move'), op(7, 'create'), op(8, 'move'), op(9, 'delete', 1), op(10, 'create', 1)]
  expect(faults(sequential(moved))).toEqual([])
})

it.each([2, 3, 4, 5])('finds acknowledged write %i lost', (number) => {
  const { history } = sequential(WRITES)
  // What Postgres has is what it would have without it.
  const { final } = sequential(WRITES.filter((one) => one.number !== number))
  expect(faults({ history, final })).toEqual(['lost'])
})

it('finds a lost row, and a lost delete', () => {
  const { history } = sequential(WRITES)
  expect(faults({ history, final: START })).toEqual(['lost'])
  const deleted = sequential([...WRITES, op(6, 'delete')])
  expect(faults({ history: deleted.history, final: sequential(WRITES).final })).not.toEqual([])
})

it('finds a write that was done twice, also one whose fate is unknown', () => {
  const { history, final } = sequential(WRITES)
  expect(faults({ history, final: with_(final, { sum: final[0]!.sum + 4n ** 2n }) })).toEqual(['doubled'])
  expect(faults({ history, final: with_(final, { trace: [1, 3, 3, 4] }) })).toEqual(['doubled'])
  const open = sequential(WRITES, [5])
  expect(faults({ ...open, final: with_(open.final, { sum: open.final[0]!.sum + 2n * 4n ** 5n }) })).toEqual([
    'doubled',
  ])
})

it('finds writes out of order', () => {
  const { history, final } = sequential(WRITES)
  expect(faults({ history, final: with_(final, { trace: [1, 4, 3] }) })).toEqual(['reordered'])
  expect(faults({ history, final: with_(final, { last: 1 }) })).toEqual(['reordered'])
})

it('takes a write of unknown fate whole or not at all', () => {
  const open = sequential(WRITES, [4])
  expect(faults(open)).toEqual([])
  const whole = with_(open.final, { sum: open.final[0]!.sum + 4n ** 4n, trace: [1, 3, 4] })
  expect(faults({ history: open.history, final: whole })).toEqual([])
  const halves = [with_(open.final, { sum: whole[0]!.sum }), with_(open.final, { trace: [1, 3, 4] })]
  for (const half of halves) expect(faults({ history: open.history, final: half })).not.toEqual([])
})

it('takes a write of unknown fate after others, and never before its call', () => {
  const late = sequential([op(1, 'create'), up(2, { last: true }), up(3, { last: true })], [2])
  expect(faults({ history: late.history, final: with_(late.final, { last: 2 }) })).toEqual([])
  const early = sequential([op(1, 'create'), up(2, { push: true }), up(3, { push: true })], [3])
  expect(faults({ history: early.history, final: with_(early.final, { trace: [1, 3, 2] }) })).not.toEqual([])
})

it('takes writes that were under way at the same time in either order, as they were answered', () => {
  const { history, final } = sequential([op(1, 'create'), up(2, { push: true }), up(3, { push: true })])
  const together = history.map((one) => (one.operation.number === 1 ? one : { ...one, invoked: 3, returned: 9 }))
  expect(faults({ history: together, final })).toEqual([])
  expect(faults({ history: together, final: with_(final, { trace: [1, 3, 2] }) })).not.toEqual([])
})

it('finds an answer that no order explains', () => {
  const { history, final } = sequential(WRITES)
  const wrong = history.map((one): Recorded => {
    if (one.operation.number !== 5 || one.outcome.kind !== 'acknowledged') return one
    return { ...one, outcome: { ...one.outcome, answer: { ...one.outcome.answer!, last: 77 } } }
  })
  expect(faults({ history: wrong, final })).toEqual(['answer'])
})

it('finds an acknowledged write that was rejected', () => {
  const { history, final } = sequential(WRITES)
  const rejections: Rejection[] = [{ model: 'Entry', row: 'f', first: 3, last: 4, error: 'no' }]
  expect(faults({ history, final, rejections })).toEqual(['rejection'])
})
