import { type Tag, tagName } from '../../src/protocol/tag.js'
import { createCausalSession, type SessionState } from '../../src/strategy/causal-session.js'

const row = (id: number): Tag => ({ kind: 'row', model: 'User', row: String(id) })
const marked = (tag: Tag, version: string) => new Map([[tagName(tag), version]])
const session = (owed: readonly Tag[] = [], from?: SessionState) =>
  createCausalSession((tags) => tags.some((tag) => owed.some((one) => tagName(one) === tagName(tag))), from)

test('accepts what is at or past its writes, nothing before', () => {
  const own = session()
  own.mark(marked(row(1), '100.a'))
  expect(own.isCoveredBy([row(1)], ['99.z'])).toBe(false)
  expect(own.isCoveredBy([row(1)], ['100.a'])).toBe(true)
  expect(own.isCoveredBy([row(1)], ['101.b'])).toBe(true)
  expect(own.isCoveredBy([row(2)], ['1.b'])).toBe(true)
})

test('past its limit it coarsens to a floor a model and forgets nothing', () => {
  const own = session()
  for (let i = 0; i < 200; i++) own.mark(marked(row(i), `${1000 + i}.a`))
  const state = own.state()
  expect(Object.keys(state.versions).length).toBeLessThanOrEqual(64)
  const resumed = session([], JSON.parse(JSON.stringify(state)))
  for (let i = 0; i < 200; i++) {
    expect(resumed.isCoveredBy([row(i)], [`${999 + i}.a`])).toBe(false)
    expect(resumed.isCoveredBy([row(i)], ['1199.a'])).toBe(true)
  }
})

test('what this process owes travels in the token only while it is owed, and is mistrusted elsewhere', () => {
  const owed = [row(1)]
  const own = session(owed)
  own.markUnpublished([row(1)])
  expect(own.mistrusts([row(1)])).toBe(false) // the link knows better, and when it ends
  const resumed = session([], own.state())
  expect(resumed.mistrusts([row(1)])).toBe(true)
  expect(resumed.mistrusts([row(2)])).toBe(false)
  owed.pop()
  expect(own.state().unpublished).toEqual([])
})

test('so much is owed that only models are named', () => {
  const owed = Array.from({ length: 100 }, (_, i) => row(i))
  const own = session(owed)
  own.markUnpublished(owed)
  const resumed = session([], own.state())
  expect(own.state().unpublished).toEqual(['*User'])
  expect(resumed.mistrusts([row(5000)])).toBe(true)
})

test('pending marks grow, and end when they are applied', () => {
  const own = session()
  own.markPending('Counter', 3, 7)
  own.markPending('Counter', 3, 5)
  own.markPending('Counter', 4, 1)
  expect(own.pendingOf(['Counter', 'Visit'])).toEqual(
    new Map([
      [
        'Counter',
        new Map([
          [3, 7],
          [4, 1],
        ]),
      ],
    ]),
  )
  own.applied(new Map([['Counter', new Map([[3, 6]])]]))
  expect(own.pendingOf(['Counter'])).toEqual(
    new Map([
      [
        'Counter',
        new Map([
          [3, 7],
          [4, 1],
        ]),
      ],
    ]),
  )
  own.applied(
    new Map([
      [
        'Counter',
        new Map([
          [3, 7],
          [4, 1],
        ]),
      ],
    ]),
  )
  expect(own.pendingOf(['Counter']).size).toBe(0)
})

test('keys are bounded too, apart from rows', () => {
  const own = session()
  const key = (n: number): Tag => ({ kind: 'key', model: 'User', field: 'team.0', value: `=${n}` })
  for (let i = 0; i < 200; i++) own.mark(marked(key(i), `${1000 + i}.a`))
  const state = own.state()
  expect(Object.keys(state.versions).length).toBeLessThanOrEqual(64)
  const resumed = session([], JSON.parse(JSON.stringify(state)))
  expect(resumed.isCoveredBy([key(7)], ['1006.a'])).toBe(false)
  expect(resumed.isCoveredBy([key(7)], ['1199.a'])).toBe(true)
  expect(resumed.isCoveredBy([row(7)], ['1.a'])).toBe(true)
})

test('a list by a field mistrusts what a write of the table, owed elsewhere, may not have named', () => {
  const own = session([{ kind: 'table', model: 'User' }])
  own.markUnpublished([{ kind: 'table', model: 'User', named: ['team.0'] }])
  const resumed = session([], own.state())
  expect(resumed.mistrusts([{ kind: 'field', model: 'User', field: 'team.0' }])).toBe(true)
  expect(resumed.mistrusts([{ kind: 'field', model: 'Team', field: 'team.0' }])).toBe(false)
})
