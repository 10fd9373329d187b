import type { RejectedChange } from '../../src/queue/change.js'
import { type RejectionSnapshot, rejectedSince } from '../../src/queue/flusher-rejections.js'

const change = (row: string, first: number, last: number, at = 1): RejectedChange => ({
  kind: 'U',
  first,
  last,
  since: 0,
  set: {},
  add: {},
  model: 'M',
  row,
  error: 'e',
  at,
})
const snapshot = (...changes: RejectedChange[]): RejectionSnapshot =>
  new Map([['M.3', new Map(changes.map((one) => [one.row, one]))]])
const marks = (mark: number) => new Map([['M', new Map([[3, mark]])]])
const rows = (changes: readonly RejectedChange[]) => changes.map(({ row }) => row)

it('counts what was rejected since, up to the mark', () => {
  const before = snapshot(change('old', 1, 2), change('again', 3, 3))
  const after = snapshot(change('old', 1, 2), change('again', 6, 6, 2), change('new', 5, 7), change('later', 9, 9))
  expect(rows(rejectedSince(before, after, marks(8), false))).toEqual(['again', 'new'])
})

it("counts a write of the caller's own also when it was rejected before the wait began", () => {
  const both = snapshot(change('mine', 4, 6), change('old', 1, 2))
  expect(rows(rejectedSince(both, both, marks(5), true))).toEqual(['mine'])
  expect(rows(rejectedSince(both, both, marks(5), false))).toEqual([])
})
