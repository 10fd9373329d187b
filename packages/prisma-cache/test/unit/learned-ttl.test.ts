import {
  type Evidence,
  expecting,
  LEAST_TTL_MS,
  MOST_TTL_MS,
  observe,
  rateOf,
  STALE_BOUND,
  ttlFor,
  UNKNOWN,
} from '../../src/planner/learned-ttl.js'

const SECOND = 1000
const HOUR = 3_600_000

/** A generator of our own, so that every run is the same: mulberry32. */
function random(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface World {
  readonly seed: number
  /** Mean milliseconds between two changes by somebody unseen, at a time. */
  pace(now: number): number
  readonly readEveryMs: number
  readonly untilMs: number
  /** Answers before this do not count. */
  readonly fromMs?: number
}

/** One value, read through a cache that learns; the clock is a number. */
function live({ seed, pace, readEveryMs, untilMs, fromMs = 0 }: World) {
  const draw = random(seed)
  const after = (mean: number) => -Math.log(1 - draw()) * mean
  let evidence: Evidence = UNKNOWN
  let entry: { at: number; changes: number; ttlMs: number } | undefined
  let changes = 0
  let [answers, stale, hits] = [0, 0, 0]
  for (let now = 0, since = 0; now < untilMs; since = after(readEveryMs), now += since) {
    if (draw() > Math.exp(-since / pace(now))) changes++
    const counts = now >= fromMs ? 1 : 0
    answers += counts
    if (entry && now - entry.at < entry.ttlMs) {
      hits += counts
      if (entry.changes !== changes) stale += counts
      continue
    }
    if (entry?.ttlMs === 0 && now - entry.at < SECOND) continue
    if (entry) evidence = observe(evidence, { ms: now - entry.at, changed: entry.changes !== changes })
    entry = { at: now, changes, ttlMs: ttlFor(evidence) }
  }
  return { answers, staleRate: stale / answers, hitRate: hits / answers, ttlMs: ttlFor(evidence) }
}

test.each([10, 60, 600])('a value that changes every %d s is stale in less answers than the bound', (seconds) => {
  let [stale, hits] = [0, 0]
  const seeds = 5
  for (let seed = 1; seed <= seeds; seed++) {
    const untilMs = seconds * SECOND * 100
    const lived = live({ seed, pace: () => seconds * SECOND, readEveryMs: seconds * 4, untilMs, fromMs: untilMs / 10 })
    stale += lived.staleRate / seeds
    hits += lived.hitRate / seeds
  }
  expect(stale).toBeLessThan(STALE_BOUND)
  expect(stale).toBeGreaterThan(STALE_BOUND / 10) // nothing is given away either
  expect(hits).toBeGreaterThan(0.4)
})

test('a quiet value is served longer and longer, up to a bound', () => {
  let evidence = UNKNOWN
  const ttls = [ttlFor(evidence)]
  for (const hours of [0.1, 1, 6, 24, 24 * 6]) {
    for (let left = hours * HOUR; left > 0; left -= HOUR / 20) {
      evidence = observe(evidence, { ms: HOUR / 20, changed: false })
    }
    ttls.push(ttlFor(evidence))
  }
  expect(ttls[0]).toBe(1000)
  for (let i = 1; i < ttls.length; i++) expect(ttls[i]).toBeGreaterThan(ttls[i - 1]! * 1.3)
  expect(ttls.at(-1)).toBeLessThanOrEqual(MOST_TTL_MS)
  expect(ttls[2]).toBeGreaterThan(60 * SECOND)
})

test('however long it was quiet, there is a longest ttl', () => {
  expect(ttlFor({ changes: 0, ms: 1e15 })).toBe(MOST_TTL_MS)
})

test('one that grows fast is not cached after a few changes, and is again when it has calmed down', () => {
  let evidence = UNKNOWN
  for (let i = 0; i < 24; i++) evidence = observe(evidence, { ms: HOUR, changed: false })
  const quiet = ttlFor(evidence)
  let seen = 0
  while (ttlFor(evidence) > 0) {
    evidence = observe(evidence, { ms: Math.max(ttlFor(evidence), SECOND), changed: true })
    seen++
  }
  expect(seen).toBeLessThan(20)
  let calm = 0
  while (ttlFor(evidence) < LEAST_TTL_MS) {
    evidence = observe(evidence, { ms: SECOND, changed: false })
    calm += SECOND
  }
  expect(calm).toBeLessThan(30 * SECOND)
  expect(ttlFor(evidence)).toBeLessThan(quiet / 100)
})

test('while the pace becomes a hundred times another, and after it', () => {
  const turn = 2 * HOUR
  const pace = (now: number) => (now < turn ? 2000 * SECOND : 20 * SECOND)
  const seeds = 5
  let during = 0
  let after = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const world = { seed, pace, readEveryMs: 200 }
    during += live({ ...world, untilMs: turn + HOUR / 12, fromMs: turn }).staleRate / seeds
    after += live({ ...world, untilMs: turn + HOUR / 2, fromMs: turn + HOUR / 12 }).staleRate / seeds
  }
  expect(during).toBeLessThan(0.05)
  expect(after).toBeLessThan(STALE_BOUND)
})

test('what nobody has read for long may have changed often: a long interval says little of a fast value', () => {
  const fast = expecting(1 / SECOND)
  const slow = expecting(1 / HOUR)
  const hour = { ms: HOUR, changed: true }
  expect(rateOf(observe(fast, hour))).toBeGreaterThan(0.5 / SECOND)
  expect(rateOf(observe(slow, hour))).toBeLessThan(3 / HOUR)
  // A conflict: it changed within the moment of a load.
  expect(observe(slow, { ms: 0, changed: true }).changes).toBe(1)
})
