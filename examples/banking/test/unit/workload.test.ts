import type { Call } from '../../src/bank/call.js'
import { hotSpotOf, pickCustomer } from '../../src/workload/hot-spot.js'
import { MIX, pickCall, pickKind } from '../../src/workload/mix.js'
import { createPrng, derivedSeed } from '../../src/workload/prng.js'

const take = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

describe('the seeded source of numbers', () => {
  test('gives the same numbers for the same seed, and others for another', () => {
    const numbers = (seed: number) => {
      const prng = createPrng(seed)
      return take(5, () => prng.next())
    }
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
  })

  test('stays in [0, 1) and spreads', () => {
    const prng = createPrng(1)
    const numbers = take(10_000, () => prng.next())
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    expect(numbers.reduce((sum, value) => sum + value, 0) / numbers.length).toBeCloseTo(0.5, 1)
  })

  test('has a seed of its own for each client', () => {
    const seeds = take(256, () => 0).map((_, index) => derivedSeed(1, index))
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})

describe('the hot spot', () => {
  test('takes nine of ten calls', () => {
    const spot = hotSpotOf(10_000)
    const prng = createPrng(3)
    const customers = take(10_000, () => pickCustomer(spot, prng))
    const hot = customers.filter((id) => id <= 100).length
    expect(hot / customers.length).toBeCloseTo(0.9, 1)
    expect(Math.min(...customers)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...customers)).toBeLessThanOrEqual(10_000)
  })

  test('leaves somebody to send money to in the smallest bank', () => {
    const spot = hotSpotOf(10)
    const prng = createPrng(3)
    for (const call of take(2_000, () => pickCall(1, spot, { transfers: [], records: [] }, prng))) {
      if ('to' in call) expect(call.to).not.toBe(1)
    }
  })
})

describe('the mix', () => {
  test('adds up to 100 and comes out as it says', () => {
    const entries = Object.entries(MIX) as [Call['kind'], number][]
    expect(entries.reduce((sum, [, weight]) => sum + weight, 0)).toBe(100)
    const prng = createPrng(5)
    const kinds = take(20_000, () => pickKind(prng))
    for (const [kind, weight] of entries) {
      const share = kinds.filter((other) => other === kind).length / kinds.length
      expect(Math.abs(share - weight / 100)).toBeLessThan(0.01)
    }
  })

  test('asks the same again for the same seed', () => {
    const calls = () => {
      const prng = createPrng(11)
      return take(50, () => pickCall(4, hotSpotOf(1_000), { transfers: [3], records: [5, 6] }, prng))
    }
    expect(calls()).toEqual(calls())
  })
})
