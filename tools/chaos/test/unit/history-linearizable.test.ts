import { isLinearizable } from '../../src/consistency/check/linearizable.js'
import { minimal } from '../../src/consistency/check/minimal.js'
import { withoutOrder } from '../../src/consistency/check/zones.js'
import type { Op } from '../../src/consistency/history/op.js'
import { createRandom } from '../../src/random.js'
import { read, simulate, write } from './histories.js'

const UNKNOWN = Number.POSITIVE_INFINITY

const good: [string, Op[]][] = [
  ['nothing at all', []],
  ['a read of the first state', [read('a', 0, [1, 2])]],
  ['a read after a write', [write('a', 1, [1, 2]), read('b', 1, [3, 4])]],
  ['a read beside a write sees it', [write('a', 1, [1, 9]), read('b', 1, [3, 4])]],
  ['a read beside a write does not see it', [write('a', 1, [1, 9]), read('b', 0, [3, 4])]],
  ['writes side by side, in the other order', [write('a', 1, [1, 9]), write('b', 2, [2, 8]), read('c', 1, [10, 11])]],
  [
    'a write without an outcome that is seen late',
    [write('a', 1, [1, UNKNOWN]), read('b', 0, [3, 4]), read('b', 1, [90, 91])],
  ],
  [
    'a write without an outcome that is never seen',
    [write('a', 1, [1, UNKNOWN]), read('b', 0, [3, 4]), read('b', 0, [90, 91])],
  ],
  ['a refused write', [write('a', 1, [1, 2], { aborted: true }), read('b', 0, [3, 4])]],
]

const bad: [string, Op[]][] = [
  ['a stale read', [write('a', 1, [1, 2]), read('b', 0, [3, 4])]],
  ['new, then old, beside one write', [write('a', 1, [1, 99]), read('b', 1, [3, 4]), read('c', 0, [5, 6])]],
  [
    'the same, of a write without an outcome',
    [write('a', 1, [1, UNKNOWN]), read('b', 1, [3, 4]), read('c', 0, [5, 6])],
  ],
  ['a value from the future', [read('b', 1, [1, 2]), write('a', 1, [3, 4])]],
  [
    'an old value that comes back',
    [write('a', 1, [1, 2]), write('a', 2, [3, 4]), read('b', 2, [5, 6]), read('b', 1, [7, 8])],
  ],
  [
    'two orders of two writes',
    [
      write('a', 1, [1, 9]),
      write('b', 2, [1, 9]),
      read('c', 1, [10, 11]),
      read('d', 2, [12, 13]),
      read('c', 1, [14, 15]),
    ],
  ],
  ['a lost write', [write('a', 1, [1, 2]), write('b', 2, [3, 4]), read('c', 1, [5, 6])]],
]

test.each(good)('there is an order: %s', (_, ops) => {
  expect(isLinearizable(ops)).toBe(true)
  expect(withoutOrder(ops)).toBeUndefined()
})

test.each(bad)('there is none: %s', (_, ops) => {
  expect(isLinearizable(ops)).toBe(false)
  const conflict = withoutOrder(ops)!
  expect(isLinearizable(conflict)).toBe(false)
})

test('the two algorithms agree on random histories, right and wrong ones', () => {
  const verdicts = { right: 0, wrong: 0 }
  for (let seed = 1; seed <= 3000; seed++) {
    const random = createRandom(seed)
    const spoil = seed % 2 === 0 ? 0 : 0.3
    const ops = simulate(random, { operations: 4 + random.below(14), clients: 2 + random.below(4), spoil })
    const right = isLinearizable(ops)
    if (spoil === 0) expect([seed, right]).toEqual([seed, true])
    const conflict = withoutOrder(ops)
    expect([seed, conflict === undefined]).toEqual([seed, right])
    if (conflict) expect([seed, isLinearizable(conflict)]).toEqual([seed, false])
    verdicts[right ? 'right' : 'wrong']++
  }
  expect(verdicts.right).toBeGreaterThan(1000)
  expect(verdicts.wrong).toBeGreaterThan(300)
})

test('many at once: what was tried is not tried again', () => {
  const writes = Array.from({ length: 9 }, (_, i) => write(`w${i}`, i + 1, [i, 1000 + i]))
  const reads = Array.from({ length: 9 }, (_, i) => read('r', 9 - i, [100 + 10 * i, 105 + 10 * i]))
  expect(isLinearizable([...writes, ...reads])).toBe(true)
})

test('what is shown is the fewest operations that go wrong', () => {
  const noise = Array.from({ length: 40 }, (_, i) => [
    write('n', 100 + i, [4 * i, 4 * i + 1]),
    read('n', 100 + i, [4 * i + 2, 4 * i + 3]),
  ]).flat()
  const stale = [write('a', 1, [1000, 1001]), write('a', 2, [1002, 1003]), read('b', 1, [1004, 1005])]
  const shown = minimal([...noise, ...stale], (ops) => withoutOrder(ops) !== undefined)
  expect(shown).toEqual(stale)
})
