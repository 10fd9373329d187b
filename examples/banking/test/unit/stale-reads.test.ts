import type { Question } from '../../src/bank/mark.js'
import { judge } from '../../src/checks/stale-reads.js'
import type { Progress } from '../../src/prober/progress.js'
import type { ComparedReading } from '../../src/prober/read-question.js'

const at = (latest: number | null, ids?: number[]): Progress => ({ latest, ...(ids && { ids }) })

function reading(model: Question['model'], before: Progress, cached: Progress, after: Progress): ComparedReading {
  return {
    question: { model, id: 1 } as unknown as Question,
    before,
    progress: cached,
    after,
    source: 'redis',
    equalsBefore: false,
    equalsAfter: false,
  }
}

const mark = (model: Question['model'], value: number) => ({ question: { model, id: 1 } as unknown as Question, value })

describe('a strong row', () => {
  test('may be anything between the primary before and after', () => {
    expect(judge(reading('Account', at(3), at(5), at(6)), undefined)).toBe('between')
  })
  test('is stale behind the primary of before, acknowledged or not', () => {
    expect(judge(reading('Account', at(3), at(2), at(6)), undefined)).toBe('stale')
  })
  test('is wrong ahead of the primary of after: nobody has committed that', () => {
    expect(judge(reading('Account', at(3), at(7), at(6)), undefined)).toBe('stale')
  })
  test('is wrong when it differs at the same version', () => {
    expect(judge(reading('Account', at(3), at(3), at(6)), undefined)).toBe('stale')
  })
  test('is equal when it is what the primary said', () => {
    expect(judge({ ...reading('Account', at(3), at(3), at(6)), equalsBefore: true }, undefined)).toBe('equal')
  })
  test('that is gone while the primary has it is stale', () => {
    expect(judge(reading('Account', at(0), at(null), at(0)), undefined)).toBe('stale')
  })
})

describe('a row of class session', () => {
  test('may miss a commit that nobody was told of yet', () => {
    expect(judge(reading('Customer', at(3), at(2), at(3)), mark('Customer', 2))).toBe('between')
  })
  test('may not miss one that was acknowledged', () => {
    expect(judge(reading('Customer', at(3), at(2), at(3)), mark('Customer', 3))).toBe('stale')
  })
  test('is stale behind an acknowledged write even where it equals the primary of before', () => {
    expect(judge({ ...reading('Customer', at(2), at(2), at(3)), equalsBefore: true }, mark('Customer', 3))).toBe(
      'stale',
    )
  })
})

describe('a write-behind row', () => {
  test('is right ahead of the primary', () => {
    expect(judge(reading('Session', at(3), at(9), at(3)), mark('Session', 9))).toBe('between')
  })
  test('is stale behind it', () => {
    expect(judge(reading('Session', at(3), at(2), at(3)), undefined)).toBe('stale')
  })
})

describe('a list', () => {
  test('shows an acknowledged row, or a full page of newer ones', () => {
    const full = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11]
    expect(judge(reading('Transfer', at(8), at(9, [9, 8]), at(10)), mark('Transfer', 8))).toBe('between')
    expect(judge(reading('Transfer', at(20), at(20, full), at(21)), mark('Transfer', 8))).toBe('between')
  })
  test('without the acknowledged row is stale, whatever newer one it shows', () => {
    expect(judge(reading('Transfer', at(9), at(9, [9, 7]), at(9)), mark('Transfer', 8))).toBe('stale')
    expect(judge(reading('Transfer', at(9), at(null, []), at(9)), mark('Transfer', 8))).toBe('stale')
  })
})
