import type { CallAnswer } from '../../src/api/wire.js'
import { checkAuditRecords } from '../../src/checks/audit-records.js'
import { checkEveryAnswer } from '../../src/checks/every-answer.js'
import { checkSessionWrites } from '../../src/checks/session-writes.js'
import { checkTotalMoney } from '../../src/checks/total-money.js'
import { Books } from '../../src/workload/books.js'

const answer = (delta: number, version: number, outcome: CallAnswer['outcome'] = 'done'): CallAnswer => ({
  outcome,
  delta,
  marks: [{ question: { model: 'Account', id: 'checking-1' }, value: version }],
})

describe('the books', () => {
  test('add up what calls did to the sum of all money', () => {
    const books = new Books()
    books.answeredCall('s', 'a', answer(1_000, 1))
    books.answeredCall('s', 'b', answer(-300, 2))
    books.answeredCall('s', 'c', answer(0, 2, 'insufficient funds'))
    expect(books).toMatchObject({ answered: 3, refused: 1, delta: 700, callIds: ['a', 'b', 'c'] })
    expect(checkTotalMoney({ before: 50_000, delta: books.delta, after: 50_700 })).toEqual({
      name: 'Total money',
      ok: true,
      numbers: '500.00 + 7.00 = 507.00 expected, 507.00 in Postgres',
    })
    expect(checkTotalMoney({ before: 50_000, delta: books.delta, after: 50_699 }).ok).toBe(false)
  })

  test('keep the furthest that was acknowledged, whatever order the answers came in', () => {
    const books = new Books()
    books.answeredCall('s', 'a', answer(0, 7))
    books.answeredCall('s', 'b', answer(0, 6))
    expect(books.markOf({ model: 'Account', id: 'checking-1' })?.value).toBe(7)
    expect(books.markOf({ model: 'Account', id: 'checking-2' })).toBeUndefined()
  })

  test('count a login without a call, since its row was acknowledged too', () => {
    const books = new Books()
    books.loggedIn('s')
    expect([...books.touches]).toEqual([['s', 0]])
  })

  test('a call without an answer fails the run, and says why', () => {
    const books = new Books()
    books.answeredCall('s', 'a', answer(0, 1))
    expect(checkEveryAnswer(books).ok).toBe(true)
    books.failed(new Error('connection refused'))
    books.failed(new Error('later'))
    expect(checkEveryAnswer(books)).toMatchObject({
      ok: false,
      numbers: expect.stringContaining('first: connection refused'),
    })
  })
})

describe('session writes', () => {
  const told = new Map([
    ['a', 2],
    ['b', 0],
  ])

  test('hold when Postgres has each session with each touch', () => {
    expect(checkSessionWrites(told, new Map(told)).ok).toBe(true)
  })

  test.each([
    [
      'a lost touch',
      new Map([
        ['a', 1],
        ['b', 0],
      ]),
    ],
    [
      'a touch applied twice',
      new Map([
        ['a', 3],
        ['b', 0],
      ]),
    ],
    ['a lost session', new Map([['a', 2]])],
    [
      'a lost touch that another one hides in the sum',
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    ],
  ])('fail for %s', (_name, stored) => {
    expect(checkSessionWrites(told, stored).ok).toBe(false)
  })
})

describe('audit records', () => {
  test('hold with exactly one a call', () => {
    expect(
      checkAuditRecords(
        ['a', 'b'],
        new Map([
          ['a', 1],
          ['b', 1],
        ]),
      ).ok,
    ).toBe(true)
  })

  test.each([
    ['a missing one', new Map([['a', 1]])],
    [
      'two of one call',
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    ],
    [
      'one of nobody',
      new Map([
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ]),
    ],
  ])('fail for %s', (_name, records) => {
    expect(checkAuditRecords(['a', 'b'], records).ok).toBe(false)
  })
})
