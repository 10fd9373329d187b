import { checkAges } from '../../src/consistency/check/ages.js'
import { checkRegister, type Terms } from '../../src/consistency/check/check-register.js'
import { checkCounts } from '../../src/consistency/check/counts.js'
import { orderOf } from '../../src/consistency/check/order.js'
import type { Op } from '../../src/consistency/history/op.js'
import { count, read, write } from './histories.js'

const UNKNOWN = Number.POSITIVE_INFINITY
const SESSION: Terms = { consistency: 'session', near: false, ageUs: undefined }
const at = (seq: number, more: object = {}) => ({ seq, ...more })

const check = (ops: Op[], terms: Partial<Terms> = {}) => {
  const { violations, exceptions } = checkRegister(ops, { ...SESSION, ...terms })
  return { rules: violations.map(({ rule }) => rule), exceptions }
}
const NONE = { unacknowledged: 0, owed: 0 }

const first = write('a', 1, [1, 2], at(1))
const second = write('a', 2, [3, 4], at(2))

test.each<[string, Op[], string[]]>([
  ['reads its own write', [first, second, read('a', 2, [5, 6], at(2))], []],
  ['does not read its own write', [first, second, read('a', 1, [5, 6], at(1))], ['read-your-writes']],
  ['finds no row after making it', [first, read('a', 0, [5, 6], at(0))], ['read-your-writes']],
  ['another session may read old', [first, second, read('b', 1, [5, 6], at(1))], []],
  [
    'in another process, by token',
    [first, second, read('a', 1, [5, 6], at(1, { process: 'elsewhere' }))],
    ['read-your-writes'],
  ],
  [
    'new, then old, of a published write',
    [first, second, read('b', 2, [5, 6], at(2)), read('b', 1, [7, 8], at(1))],
    ['monotonic-reads'],
  ],
  [
    'a write that comes before what was seen',
    [second, read('b', 2, [5, 6], at(2)), write('b', 3, [7, 8], at(1))],
    ['monotonic-writes'],
  ],
  ['two writes in one place', [first, write('b', 2, [3, 4], at(1))], ['one-order']],
  ['a value that nobody wrote', [first, read('b', 9, [3, 4], at(1))], ['never-written']],
  [
    'a write that was undone',
    [first, write('a', 2, [3, 4], { aborted: true }), read('b', 2, [5, 6], at(2))],
    ['never-written'],
  ],
])('session: %s', (_, ops, rules) => {
  expect(check(ops)).toEqual({ rules, exceptions: NONE })
})

test('new, then old, of a write that is not acknowledged is counted apart', () => {
  const open = write('a', 2, [3, UNKNOWN], at(-1))
  const seen = [read('b', 2, [5, 6], at(2)), read('b', 1, [7, 8], at(1))]
  expect(check([first, open, ...seen])).toEqual({ rules: [], exceptions: { unacknowledged: 1, owed: 0 } })
})

test('the publication ends that, but for near copies only what was published by then', () => {
  const between = write('a', 2, [3, 6.5], at(2))
  const seen = [read('b', 2, [5, 6], at(2)), read('b', 1, [7, 8], at(1))]
  expect(check([first, between, ...seen]).rules).toEqual(['monotonic-reads'])
  expect(check([first, between, ...seen], { near: true }).exceptions).toEqual({ unacknowledged: 1, owed: 0 })
})

test('a write whose publication is owed binds its own session, and others when it is published', () => {
  const owed = write('a', 2, [3, 4], at(2, { owedUntil: 10 }))
  const early = [read('b', 2, [5, 6], at(2)), read('b', 1, [7, 8], at(1))]
  expect(check([first, owed, ...early])).toEqual({ rules: [], exceptions: { unacknowledged: 0, owed: 1 } })
  const late = [read('b', 2, [5, 6], at(2)), read('b', 1, [17, 18], at(1))]
  expect(check([first, owed, ...late]).rules).toEqual(['monotonic-reads'])
  expect(check([first, owed, read('a', 1, [7, 8], at(1))]).rules).toEqual(['read-your-writes'])
})

test('calls outside a session: what had returned before binds what is called after', () => {
  const client = 'client p1'
  const beside = [read(client, 2, [5, 9], at(2)), read(client, 1, [6, 8], at(1))]
  expect(check([first, second, ...beside]).rules).toEqual([])
  const after = [read(client, 2, [5, 6], at(2)), read(client, 1, [7, 8], at(1))]
  expect(check([first, second, ...after]).rules).toEqual(['monotonic-reads'])
})

test('eventual: old is right until the bound', () => {
  const ops = [first, second, read('b', 1, [900, 901], at(1)), read('b', 1, [1100, 1101], at(1))]
  expect(check(ops, { consistency: 'eventual', ageUs: 1000 }).rules).toEqual(['bounded-age'])
  expect(checkAges(ops, orderOf(ops).order, { boundUs: 1097, from: 'acknowledged' })).toEqual([])
})

test('a count lies between the rows that were there and those that may have been', () => {
  const writes = [
    write('a', 1, [1, 2], { key: 'x', seq: 1 }),
    write('b', 2, [3, 4], { key: 'y', seq: 1 }),
    write('b', 3, [5, UNKNOWN], { key: 'z' }),
  ]
  const rules = (value: number, least: 'all' | 'own' | 'none', session = 'c') =>
    checkCounts([count(session, value, [10, 11])], writes, least).map(({ rule }) => rule)
  expect([rules(1, 'all'), rules(2, 'all'), rules(3, 'all'), rules(4, 'all')]).toEqual([['count'], [], [], ['count']])
  expect([rules(0, 'own', 'b'), rules(1, 'own', 'b'), rules(0, 'own')]).toEqual([['count'], [], []])
  expect([rules(0, 'none'), rules(4, 'none')]).toEqual([[], ['count']])
})

test('strong: the order is that of Postgres, not any that would do', () => {
  const slow = write('a', 1, [1, 20], at(1))
  const quick = write('b', 2, [2, 10], at(2))
  const old = read('c', 1, [30, 31], at(1))
  expect(check([slow, quick, { ...old, seq: -1 }], { consistency: 'strong' }).rules).toEqual(['linearizable'])
  expect(check([slow, quick, read('c', 2, [30, 31], at(2))], { consistency: 'strong' }).rules).toEqual([])
  expect(check([slow, quick, read('c', 1, [5, 31], at(1))], { consistency: 'strong' }).rules).toEqual([])
})
