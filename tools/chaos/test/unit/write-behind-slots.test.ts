import { checkCounts } from '../../src/write-behind/check/check-counts.js'
import { checkSlots, type SlotHistories } from '../../src/write-behind/check/check-slots.js'
import type { Outcome, Rejection } from '../../src/write-behind/model/history.js'

const acknowledged = (sequence: number): Outcome<unknown> => ({ kind: 'acknowledged', answer: {}, sequence })
const unknown: Outcome<unknown> = { kind: 'unknown', error: 'its process died' }

const create = (number: number, outcome: Outcome<unknown>, more: object = {}) => ({
  operation: {
    kind: 'create' as const,
    number,
    id: `s${number}`,
    label: `l${number}`,
    size: 1,
    ownerId: null,
    ...more,
  },
  invoked: 10 * number,
  returned: outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : 10 * number + 5,
  outcome,
})
const note = (number: number, id: string, outcome: Outcome<unknown>) => ({
  operation: { kind: 'note' as const, number, id },
  invoked: 10 * number,
  returned: 10 * number + 5,
  outcome,
})
const row = (number: number, more: object = {}) => ({
  id: `s${number}`,
  label: `l${number}`,
  size: 1,
  note: 'none',
  ownerId: null,
  ...more,
})
const rejection = (number: number, sequence: number, sqlState: string): Rejection => ({
  model: 'Slot',
  row: `s${number}`,
  first: sequence,
  last: sequence,
  error: 'refused',
  sqlState,
})

const kinds = (all: Partial<SlotHistories>) =>
  checkSlots({
    slots: [],
    owners: [],
    rejections: [],
    final: [],
    finalOwners: [],
    reported: new Set(all.rejections?.map(({ row }) => row)),
    ...all,
  }).map(({ kind }) => kind)

it('takes a slot that is there as it was made, and its last note', () => {
  const slots = [create(1, acknowledged(1)), note(2, 's1', acknowledged(2)), note(3, 's1', unknown)]
  expect(kinds({ slots, final: [row(1, { note: 'n2' })] })).toEqual([])
  expect(kinds({ slots, final: [row(1, { note: 'n3' })] })).toEqual([])
  expect(kinds({ slots, final: [row(1)] })).toEqual(['lost'])
  expect(kinds({ slots, final: [row(1, { note: 'n2', size: 2 })] })).toEqual(['torn'])
})

it('finds a slot that is neither there nor reported', () => {
  expect(kinds({ slots: [create(1, acknowledged(1))] })).toEqual(['lost'])
  expect(kinds({ slots: [create(1, unknown)] })).toEqual([])
})

it('takes a rejection whose reason holds, told once, and of nothing that stands', () => {
  const slots = [create(1, acknowledged(1), { size: -1 })]
  const rejections = [rejection(1, 1, '23514')]
  expect(kinds({ slots, rejections })).toEqual([])
  expect(kinds({ slots, rejections: [...rejections, ...rejections] })).toEqual(['rejection'])
  expect(kinds({ slots, rejections, reported: new Set() })).toEqual(['rejection'])
  expect(kinds({ slots, rejections, final: [row(1, { size: -1 })] })).toEqual(['rejection'])
  expect(kinds({ slots: [create(1, acknowledged(1))], rejections })).toEqual(['rejection'])
})

it('takes a taken label only while somebody has it', () => {
  const slots = [create(1, acknowledged(1), { label: 'same' }), create(2, acknowledged(2), { label: 'same' })]
  const rejections = [rejection(2, 2, '23505')]
  expect(kinds({ slots, rejections, final: [row(1, { label: 'same' })] })).toEqual([])
  expect(kinds({ slots: slots.slice(1), rejections })).toEqual(['rejection'])
})

it('finds a slot that was rejected for an owner which was accepted before it', () => {
  const owner = (invoked: number, outcome: Outcome<unknown>) => ({
    operation: { id: 'o' },
    invoked,
    returned: outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : invoked + 1,
    outcome,
  })
  const slots = [create(2, acknowledged(1), { ownerId: 'o' })]
  const rejections = [rejection(2, 1, '23503')]
  expect(kinds({ slots, rejections, owners: [owner(1, acknowledged(1))], finalOwners: ['o'] })).toEqual(['rejection'])
  expect(kinds({ slots, rejections, owners: [owner(21, acknowledged(1))], finalOwners: ['o'] })).toEqual([])
  expect(kinds({ slots, rejections, owners: [owner(1, unknown)] })).toEqual([])
})

it('counts what was acknowledged, and no more than was made', () => {
  const at = (kind: 'create' | 'increment', number: number, outcome: Outcome<unknown>) => ({
    operation: { kind, number, id: 'w' },
    invoked: number,
    returned: number,
    outcome,
  })
  const history = [
    at('create', 1, acknowledged(1)),
    at('increment', 2, acknowledged(2)),
    at('increment', 3, acknowledged(3)),
    at('increment', 4, unknown),
  ]
  const found = (count?: number) =>
    checkCounts('Wide', history, new Map(count === undefined ? [] : [['w', count]])).map(({ kind }) => kind)
  expect([found(2), found(3)]).toEqual([[], []])
  expect([found(1), found(4), found()]).toEqual([['lost'], ['doubled'], ['lost']])
})
