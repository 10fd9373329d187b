import { resolvePolicy } from '@prisma-cache/policy-dsl'
import { freshness, lifeOf, planTerms } from '../../src/planner/read-terms.js'

const policy = (values: Record<string, unknown>) => {
  const resolved = resolvePolicy('invalidate', { ttl: 1000, negativeTtl: 100, ...values })
  if (resolved.strategy === 'none') throw new Error('not of this test')
  return resolved
}
const plain = policy({})
const ahead = policy({ read: { kind: 'refreshAhead', fraction: 0.8 } })
const stale = policy({ read: { kind: 'staleWhileRevalidate', windowMs: 500 } })

const at = (terms: ReturnType<typeof planTerms>, lifeMs: number, none = false) =>
  [0, 99, 100, 799, 800, 999, 1000, 1499, 1500]
    .map((ageMs) => freshness(terms, { lifeMs, ageMs, learned: undefined, none }))
    .join(' ')

test('each mode at each age', () => {
  expect(at(planTerms(plain, 'session', undefined), 1000)).toBe(
    'fresh fresh fresh fresh fresh fresh expired expired expired',
  )
  expect(at(planTerms(ahead, 'session', undefined), 1000)).toBe(
    'fresh fresh fresh fresh early early expired expired expired',
  )
  expect(at(planTerms(stale, 'eventual', undefined), 1500)).toBe(
    'fresh fresh fresh fresh fresh fresh stale stale expired',
  )
  expect(at(planTerms(stale, 'strong', undefined), 1500)).toBe(
    'fresh fresh fresh fresh fresh fresh expired expired expired',
  )
})

test('“no such row” is believed for its own time, in every mode', () => {
  for (const one of [plain, ahead, stale]) {
    expect(at(planTerms(one, 'session', undefined), 100, true)).toBe(
      'fresh fresh expired expired expired expired expired expired expired',
    )
  }
  const shorter = planTerms(plain, 'session', { off: false, ttlMs: 50 })
  expect(freshness(shorter, { lifeMs: 100, ageMs: 50, learned: undefined, none: true })).toBe('expired')
})

test('without an age, only a life within the terms tells that an entry is fresh', () => {
  const of = (terms: ReturnType<typeof planTerms>, lifeMs: number, none = false) =>
    freshness(terms, { lifeMs, ageMs: undefined, learned: undefined, none })
  const terms = planTerms(plain, 'session', undefined)
  expect(of(terms, 1000)).toBe('fresh')
  expect(of(terms, 1001)).toBe('unknown')
  expect(of(terms, 1000, true)).toBe('unknown')
  expect(of(terms, 100, true)).toBe('fresh')
  expect(of(planTerms(ahead, 'session', undefined), 1000)).toBe('unknown')
})

test('Redis keeps an entry for as long as the policy or the call may serve it', () => {
  expect(lifeOf(plain)).toBe(1000)
  expect(lifeOf(stale)).toBe(1500)
  expect(planTerms(plain, 'session', { off: false, ttlMs: 10 }).lifeMs).toBe(1000)
  expect(planTerms(plain, 'session', { off: false, ttlMs: 5000 }).lifeMs).toBe(5000)
  const windowed = { off: false, read: { kind: 'staleWhileRevalidate', windowMs: 700 } } as const
  expect(planTerms(plain, 'session', windowed).lifeMs).toBe(1700)
  // For a weaker reader than this one.
  expect(planTerms(stale, 'strong', undefined).lifeMs).toBe(1500)
})
