import * as fc from 'fast-check'
import { argumentShape } from '../../src/planner/argument-shape.js'
import { rateOf, ttlFor, UNKNOWN } from '../../src/planner/learned-ttl.js'
import type { AnswerPlan, RowPlan } from '../../src/planner/plan-read.js'
import { headEnd, learnedOf } from '../../src/protocol/entry.js'
import { learn } from '../../src/strategy/learn.js'
import { createLearner } from '../../src/strategy/learner.js'

const SECOND = 1000

test('a shape tells of its own, and one that was not watched is as its model', () => {
  const learner = createLearner()
  expect(learner.expecting('Team', 'row')).toEqual(UNKNOWN)
  for (let i = 0; i < 30; i++) learner.observed('Team', 'row', { ms: SECOND, changed: true })
  for (let i = 0; i < 300; i++) learner.observed('Team', 'list', { ms: SECOND, changed: false })
  const rate = (shape: string) => rateOf(learner.expecting('Team', shape))
  expect(rate('row')).toBeGreaterThan(rate('list') * 10)
  expect(rate('another')).toBeCloseTo(rateOf(learner.ofModel('Team')), 10)
  expect(ttlFor(learner.expecting('Team', 'row'))).toBe(0)
  expect(learner.expecting('User', 'row')).toEqual(UNKNOWN)
})

test('shapes that are never the same are forgotten, the oldest first', () => {
  const learner = createLearner()
  const watch = (shape: string) => learner.observed('Team', shape, { ms: SECOND, changed: false })
  for (let i = 0; i < 50; i++) watch('first')
  const before = learner.expecting('Team', 'first')
  for (let i = 0; i < 999; i++) watch(`other ${i}`)
  expect(learner.expecting('Team', 'first')).toEqual(before)
  watch('one more')
  expect(learner.expecting('Team', 'first')).not.toEqual(before)
})

test('questions that differ in their values only have one shape', () => {
  const answer = { kind: 'answer' } as AnswerPlan
  const of = (args: unknown, operation = 'findMany') => argumentShape(answer, operation, args)
  expect(of({ where: { a: 1, b: { in: [1, 2] } }, take: 3 })).toBe(of({ take: 4, where: { b: { in: [7] }, a: 'x' } }))
  expect(of({ where: { a: 1 }, skip: undefined })).toBe(of({ where: { a: new Date() } }))
  const others = [
    { where: { a: 1 } },
    { where: { b: 1 } },
    { where: { a: { gt: 1 } } },
    { where: { a: [] } },
    undefined,
  ]
  expect(new Set([...others.map((args) => of(args)), of({ where: { a: 1 } }, 'count')]).size).toBe(6)
  const row = { kind: 'row' } as RowPlan
  expect(argumentShape(row, 'findUnique', { where: { id: 1 } })).toBe(argumentShape(row, 'findFirst', {}))
})

test('what was learned is the same to whoever reads it in the entry', () => {
  const events = { emit() {} } as never
  const about = { model: 'Team', operation: 'findUnique', key: 'k' } as never
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.double({ min: 1, max: 1e9, noNaN: true }),
      (changes, ms) => {
        const learns = { expecting: () => ({ changes, ms }) } as never
        const first = learn(events, about, learns, undefined, 'text')
        const learned = learnedOf(`e,1.a${headEnd(1000, 'text', first)}text`)
        expect(learn(events, about, learns, { learned, watched: undefined }, 'text')).toEqual(first)
      },
    ),
  )
})
