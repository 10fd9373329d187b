import { createEventBus } from '../../src/events/events.js'
import type { RowPlan } from '../../src/planner/plan-read.js'
import type { Stamps } from '../../src/protocol/entry.js'
import type { Link } from '../../src/store/link.js'
import type { Lookup } from '../../src/store/lookup.js'
import { type Cold, loadOnce } from '../../src/strategy/load-once.js'

const stamps: Stamps = { epoch: 'e', versions: ['1.a'] }
const later: Stamps = { epoch: 'e', versions: ['2.b'] }
const miss = { kind: 'miss', reason: 'absent', stamps, mark: undefined, standing: undefined } as const
const hit = {
  kind: 'hit',
  stamps,
  text: '[1]',
  lifeMs: 9,
  learned: undefined,
  ageMs: undefined,
  standing: 'e,1.a;9\n[1]',
} as const

/** What becomes of a question that somebody else is loading, when these are found one after the other. */
async function waiting(found: readonly Lookup[], cold: Partial<Cold> = {}) {
  const left = [...found]
  const down = { isUp: () => false } as Link // no lease is to be had
  const brought = await loadOnce(down, createEventBus(), {
    plan: { kind: 'answer', entry: 'k', model: { name: 'Team' }, mayKeep: () => true } as unknown as RowPlan,
    operation: 'findMany',
    terms: {} as Cold['terms'],
    stamps,
    standing: '?x\ne,1.a',
    mark: 'loading',
    known: undefined,
    before: { learned: undefined, watched: undefined },
    hot: false,
    deadline: Infinity,
    load: async () => ({ value: 'loaded', text: '' }),
    lookAgain: async () => left.shift()!,
    beside() {},
    ...cold,
  })
  expect(left).toEqual([])
  return brought.kind
}

const loading = { ...miss, mark: 'loading', standing: '?x\ne,1.a' } as const

test('an entry of the same stamps is taken', async () => {
  expect(await waiting([loading, loading, hit])).toBe('found')
})

test('under other stamps, a fence or without Redis everybody looks for himself', async () => {
  expect(await waiting([loading, { ...hit, stamps: later }])).toBe('again')
  expect(await waiting([loading, { ...loading, stamps: later }])).toBe('again')
  expect(await waiting([{ kind: 'fenced' }])).toBe('again')
  expect(await waiting([loading, { kind: 'unavailable' }])).toBe('again')
})

test('what cannot be kept is not waited for, nor is anything past the deadline', async () => {
  expect(await waiting([loading, { ...miss, mark: 'unkept' }])).toBe('loaded')
  expect(await waiting([], { mark: 'unkept' })).toBe('loaded')
  expect(await waiting([], { deadline: 0 })).toBe('loaded')
})

test('an entry that was not believed is not taken for an answer', async () => {
  expect(
    await waiting([hit, loading, { ...hit, standing: 'newer' }], {
      standing: hit.standing,
      mark: undefined,
      hot: true,
    }),
  ).toBe('found')
})
