import { curveOf } from '../../src/report/curve.js'
import { growthOf } from '../../src/soak/growth.js'
import type { Sample } from '../../src/soak/sample.js'

const MB = 2 ** 20
const samples = (heap: (n: number) => number, count = 40): Sample[] =>
  Array.from({ length: count }, (_, n) => ({
    seconds: n,
    operations: n,
    heap: heap(n) * MB,
    rss: 200 * MB,
    redis: 50 * MB,
    keys: 1,
  }))

test('a heap that is level after a warm-up is flat, whatever the warm-up was', () => {
  const [heap, redis] = growthOf(samples((n) => (n < 10 ? 20 + 3 * n : 50)))
  expect(heap).toEqual({ of: 'heap', factor: 1, flat: true })
  expect(redis!.flat).toBe(true)
})

test('a heap that goes on growing is found, and noise around a level is not taken for growth', () => {
  expect(growthOf(samples((n) => 50 + n))[0]!.flat).toBe(false)
  expect(growthOf(samples((n) => 50 + (n % 5)))[0]!.flat).toBe(true)
})

test('fewer than four samples tell nothing', () => {
  expect(() => growthOf(samples(() => 1, 3))).toThrow('four at least')
})

test('the curve has a line for each thing that is measured', () => {
  expect(curveOf(samples(() => 50)).match(/<polyline/g)).toHaveLength(3)
})
