import { compileSchema, mapSchema } from '@prisma-cache/policy-dsl'
import { annotate } from '../../src/cli/advise/annotate.js'
import { decide } from '../../src/cli/advise/decide.js'
import { makeAdvice } from '../../src/cli/advise/make-advice.js'
import { type Answers, type LeafName, leaves, questions } from '../../src/cli/advise/tree.js'
import { getDmmf } from '../../src/cli/schema/get-dmmf.js'
import { applyEdits } from '../../src/cli/text/edit.js'

const able = { isView: false, isBlind: false, canAcceptEarly: true }
const unable = { ...able, canAcceptEarly: false }
const view = { ...able, isView: true, isBlind: true }
const readView = { ...able, isView: true }

describe('each leaf', () => {
  const base: Answers = { stale: 'session', loss: 'seconds', bottleneck: 'none', readAfterWrite: 'seldom' }
  test.each<[LeafName, Partial<Answers>, typeof able, string]>([
    ['view', {}, view, '@cache.none'],
    ['readView', { stale: 'session' }, readView, '@cache.invalidate'],
    ['readView', { stale: 'never' }, readView, '@cache.invalidate(consistency: strong)'],
    ['through', { ...base, readAfterWrite: 'often' }, able, '@cache.writeThrough'],
    [
      'through',
      { stale: 'never', bottleneck: 'none', readAfterWrite: 'often' },
      able,
      '@cache.writeThrough(consistency: strong)',
    ],
    ['around', { ...base, loss: 'none', bottleneck: 'latency' }, able, '@cache.writeAround'],
    ['around', { ...base, bottleneck: 'throughput' }, unable, '@cache.writeAround'],
    ['invalidate', { ...base, stale: 'bounded' }, able, '@cache.invalidate(ttl: 5m, consistency: eventual)'],
    [
      'behindFast',
      { stale: 'session', loss: 'seconds', bottleneck: 'latency' },
      able,
      '@cache.writeBehind(flushEvery: 250ms, durability: memory)',
    ],
    [
      'behindBatch',
      { stale: 'bounded', loss: 'seconds', bottleneck: 'throughput' },
      able,
      '@cache.writeBehind(ttl: 5m, consistency: eventual, flushEvery: 1s, maxBatch: 1000, durability: fsync)',
    ],
  ])('%s for %j', (leaf, answers, facts, annotation) => {
    expect(decide(answers, facts)).toEqual({ kind: 'leaf', leaf })
    expect(makeAdvice(leaf, answers, facts).annotation).toBe(annotation)
  })

  test('none is left out here', () => {
    const reached = everything().map(({ answers, facts }) => decide(answers, facts))
    expect(new Set(reached.map((one) => one.kind === 'leaf' && one.leaf))).toEqual(new Set(Object.keys(leaves)))
  })
})

test('only what can still matter is asked for, the next question first', () => {
  const missing = (answers: Partial<Answers>, facts = able) => {
    const decision = decide(answers, facts)
    return decision.kind === 'ask' ? decision.missing : []
  }
  expect(missing({})).toEqual(['stale', 'loss', 'bottleneck', 'readAfterWrite'])
  expect(missing({ stale: 'never' })).toEqual(['bottleneck', 'readAfterWrite'])
  expect(missing({ stale: 'session', readAfterWrite: 'often' })).toEqual(['loss', 'bottleneck'])
  expect(missing({ stale: 'session', loss: 'seconds', bottleneck: 'latency' })).toEqual([])
  expect(missing({ stale: 'session', loss: 'seconds', bottleneck: 'latency' }, unable)).toEqual(['readAfterWrite'])
  expect(missing({}, view)).toEqual([])
  expect(missing({}, readView)).toEqual(['stale'])
})

test('for all answers: the annotation is right, every other strategy has its reason, a failure is described', async () => {
  for (const { answers, facts } of everything()) {
    const decision = decide(answers, facts)
    if (decision.kind !== 'leaf') throw new Error('a question is left')
    const obstacle = 'it has no id of its own.'
    const advice = makeAdvice(decision.leaf, answers, facts, facts.canAcceptEarly ? {} : { obstacle })
    expect(advice.against.map(({ strategy }) => strategy)).toHaveLength(4)
    for (const { because } of advice.against) expect(because).toMatch(/\.$/)
    expect(advice.failures.length).toBeGreaterThan(0)
    const text = `datasource db {\n  provider = "postgresql"\n}\n/// ${advice.annotation}\nmodel A {\n  id String @id\n}\n`
    const files = [{ path: 'a.prisma', text }]
    expect(compileSchema({ files, dmmf: await getDmmf(files) }).diagnostics).toEqual([])
    // What the answers rule out is never advised.
    if (answers.loss === 'none' || answers.stale === 'never' || !facts.canAcceptEarly)
      expect(advice.strategy).not.toBe('writeBehind')
    if (answers.stale === 'never' && !facts.isBlind) expect(advice.annotation).toContain('consistency: strong')
  }
})

test.each<[LeafName, Partial<Answers>, Record<string, string>, string]>([
  ['through', { stale: 'session' }, { ttl: '1h' }, '@cache.writeThrough(ttl: 1h)'],
  ['view', { stale: 'session' }, { ttl: '1h' }, '@cache.none'],
  ['readView', { stale: 'session' }, { dependsOn: '[A, B]' }, '@cache.invalidate(dependsOn: [A, B])'],
  [
    'invalidate',
    { stale: 'bounded' },
    { ttl: '1m', narrowBy: '[a]', read: 'refreshAhead(0.8)', consistency: 'strong', onCacheDown: 'bypass' },
    '@cache.invalidate(ttl: 1m, consistency: eventual, narrowBy: [a], read: refreshAhead(0.8), onCacheDown: bypass)',
  ],
  ['invalidate', { stale: 'never' }, { onCacheDown: 'bypass', near: 'on' }, '@cache.invalidate(consistency: strong)'],
  ['invalidate', { stale: 'session' }, { creates: 'writeThrough', maxPending: '5' }, '@cache.invalidate'],
  [
    'behindFast',
    { stale: 'session' },
    { creates: 'writeThrough', durability: 'fsync', maxBatch: '5', onCacheDown: 'bypass' },
    '@cache.writeBehind(creates: writeThrough, flushEvery: 250ms, durability: fsync, maxBatch: 5)',
  ],
  [
    'behindBatch',
    { stale: 'session' },
    { flushEvery: '5s', durability: 'replicated(2)', maxBatch: '50' },
    '@cache.writeBehind(flushEvery: 5s, maxBatch: 50, durability: replicated(2))',
  ],
  // Not less than what the answers need.
  [
    'behindBatch',
    { stale: 'session' },
    { durability: 'memory' },
    '@cache.writeBehind(flushEvery: 1s, maxBatch: 1000, durability: fsync)',
  ],
  ['through', { stale: 'session' }, { read: 'none', ttl: '1h' }, '@cache.writeThrough(ttl: 1h)'],
])('what the model has and the answers do not decide stays: %s, %j', (leaf, answers, given, annotation) => {
  const all: Partial<Answers> = { loss: 'none', bottleneck: 'none', readAfterWrite: 'seldom', ...answers }
  expect(makeAdvice(leaf, all, able, { given }).annotation).toBe(annotation)
})

test('what is changed of the model, or kept against the proposal, is said', () => {
  const notes = (leaf: LeafName, given: Record<string, string>) =>
    makeAdvice(leaf, { stale: 'session', loss: 'none', bottleneck: 'none' }, able, { given }).notes.join(' ')
  expect(notes('through', { read: 'none' })).toContain('`read: none` goes')
  expect(notes('through', { read: 'readThrough' })).not.toContain('goes:')
  expect(notes('view', { read: 'none' })).not.toContain('goes:')
  expect(notes('behindFast', { durability: 'fsync' })).toContain('It keeps its `durability: fsync`')
  expect(notes('behindFast', { durability: 'memory' })).not.toContain('It keeps')
})

test('an annotation goes directly above its model, or in the place of the one that is there', () => {
  const annotated = (text: string) => {
    const [block] = mapSchema([{ path: 'a.prisma', text }])
    return applyEdits(text, [annotate(text, block!, '@cache.none')])
  }
  expect(annotated('/// Prose.\r\n  model A {\r\n}\r\n')).toBe(
    '/// Prose.\r\n  /// @cache.none\r\n  model A {\r\n}\r\n',
  )
  expect(annotated('/// @cache.writeThrough(\n///   ttl: 1h)\n/// Prose.\nmodel A {\n}')).toBe(
    '/// @cache.none\n/// Prose.\nmodel A {\n}',
  )
})

test('the answers that were asked for are enough for every reason', () => {
  for (const { answers, facts } of everything()) {
    let given: Partial<Answers> = {}
    let decision = decide(given, facts)
    while (decision.kind === 'ask') {
      const next = decision.missing[0]!
      given = { ...given, [next]: answers[next] }
      decision = decide(given, facts)
    }
    expect(makeAdvice(decision.leaf, given, facts).against).toHaveLength(4)
    expect(decide(answers, facts)).toEqual(decision)
  }
})

/** Every combination of answers, of each kind of model. */
function everything() {
  let all: readonly Partial<Answers>[] = [{}]
  for (const { name, choices } of questions) {
    all = all.flatMap((answers) => choices.map(({ value }) => ({ ...answers, [name]: value })))
  }
  return [able, unable, view, readView].flatMap((facts) =>
    all.map((answers) => ({ answers: answers as Answers, facts })),
  )
}
