import { checkRegister, type Terms } from '../../src/consistency/check/check-register.js'
import { checkCounts } from '../../src/consistency/check/counts.js'
import { isLinearizable } from '../../src/consistency/check/linearizable.js'
import type { Op } from '../../src/consistency/history/op.js'
import { createRandom } from '../../src/random.js'
import { count, read, simulate, write } from './histories.js'

const STRONG: Terms = { consistency: 'strong', near: false, ageUs: undefined }
const SESSION: Terms = { consistency: 'session', near: false, ageUs: undefined }
const EVENTUAL: Terms = { consistency: 'eventual', near: false, ageUs: 10 }
const at = (seq: number) => ({ seq })
const gone = (seq: number) => ({ seq, deletes: true })
const rules = (ops: Op[], terms: Terms) => checkRegister(ops, terms).violations.map(({ rule }) => rule)

const made = write('a', 1, [1, 2], at(1))
const deleted = write('a', 2, [3, 4], gone(2))
const again = write('a', 3, [5, 6], at(3))
const none = (session: string, times: [number, number]) => read(session, 0, times, at(0))

test.each<[string, Terms, Op[], string[]]>([
  ['no row after a delete', STRONG, [made, deleted, none('b', [5, 6])], []],
  ['the row after a delete', STRONG, [made, deleted, read('b', 1, [5, 6], at(1))], ['linearizable', 'linearizable']],
  ['no row before the delete begins', STRONG, [made, none('b', [2.2, 2.8]), deleted], ['linearizable', 'linearizable']],
  ['no row while it is deleted', STRONG, [made, none('b', [2.5, 3.5]), deleted], []],
  ['no row once it is made again', STRONG, [made, deleted, again, none('b', [7, 8])], ['linearizable', 'linearizable']],
  [
    'no row, of a session that has made it again',
    SESSION,
    [made, deleted, again, none('a', [7, 8])],
    ['read-your-writes'],
  ],
  ['no row, of another session', SESSION, [made, deleted, again, none('b', [7, 8])], []],
  [
    'the row, of the session that has deleted it',
    SESSION,
    [made, deleted, read('a', 1, [5, 6], at(1))],
    ['read-your-writes'],
  ],
  [
    'no row, then the old one again',
    SESSION,
    [made, deleted, none('b', [5, 6]), read('b', 1, [7, 8], at(1))],
    // The first state would do for the one, and then nothing is behind it.
    [],
  ],
  [
    'the row, then none, then the old one again',
    SESSION,
    [made, read('b', 1, [2.1, 2.2], at(1)), deleted, none('b', [5, 6]), read('b', 1, [7, 8], at(1))],
    ['monotonic-reads'],
  ],
  ['no row for longer than the bound', EVENTUAL, [made, deleted, again, none('b', [20, 21])], ['bounded-age']],
  ['no row, deleted within it', EVENTUAL, [made, write('a', 2, [13, 14], gone(2)), none('b', [20, 21])], []],
  [
    'a delete of which nobody knows excuses what may be its doing',
    STRONG,
    [made, write('a', 2, [3, Number.POSITIVE_INFINITY], { deletes: true }), none('b', [5, 6])],
    [],
  ],
])('%s', (_, terms, ops, expected) => {
  expect(rules(ops, terms)).toEqual(expected)
})

test('a count is held to no row that somebody deletes meanwhile', () => {
  const writes = [made, deleted]
  expect(checkCounts([count('b', 0, [2.2, 2.8])], writes, 'all')).toHaveLength(1)
  expect(checkCounts([count('b', 0, [2.2, 3.5])], writes, 'all')).toHaveLength(0)
})

test('histories with deletes: what is accepted has an order, and what was taken in order is accepted', () => {
  let [accepted, refused] = [0, 0]
  for (let seed = 1; seed <= 3000; seed++) {
    const random = createRandom(seed)
    const spoil = seed % 2 === 0 ? 0.3 : 0
    const ops = withDeletes(simulate(random, { operations: 10, clients: 3, spoil }), createRandom(seed))
    if (!ops) continue
    const fine = checkRegister(ops, STRONG).violations.length === 0
    if (spoil === 0) expect({ seed, fine }).toEqual({ seed, fine: true })
    if (fine) expect({ seed, order: isLinearizable(asRegister(ops)) }).toEqual({ seed, order: true })
    if (fine) accepted++
    else refused++
  }
  expect(Math.min(accepted, refused)).toBeGreaterThan(100)
})

/** Some of the writes become deletes. Their places are those in which the simulation has taken them. */
function withDeletes(ops: readonly Op[], random: ReturnType<typeof createRandom>): Op[] | undefined {
  const seqs = new Map<number, number>([[0, 0]])
  for (const op of ops) if (op.kind === 'write' && op.ret !== Number.POSITIVE_INFINITY) seqs.set(op.value, seqs.size)
  const deletes = new Set(ops.filter((op) => op.kind === 'write' && random.chance(0.4)).map(({ value }) => value))
  if (deletes.size === 0) return undefined
  return ops.flatMap((op) => {
    if (op.kind === 'write' && op.ret === Number.POSITIVE_INFINITY) {
      // Of these nobody knows a place; a read of one says it otherwise, and here none may.
      return ops.some((other) => other.kind === 'read' && other.value === op.value) ? [] : [{ ...op, aborted: true }]
    }
    const seq = seqs.get(op.value)
    if (seq === undefined) return []
    if (op.kind === 'write') return [{ ...op, seq, ...(deletes.has(op.value) ? { deletes: true } : {}) }]
    return [deletes.has(op.value) ? { ...op, value: 0, seq: 0 } : { ...op, seq }]
  })
}

/** As the search sees it, which knows of no places: a delete writes what was there first. */
function asRegister(ops: readonly Op[]): Op[] {
  return ops.map((op) => (op.deletes ? { ...op, value: 0 } : op))
}
