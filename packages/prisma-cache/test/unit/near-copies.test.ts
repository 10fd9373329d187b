import { createChanges } from '../../src/store/near/changes.js'
import { type Copy, createCopies } from '../../src/store/near/copies.js'

const copy = (entry: string, more: Partial<Copy> = {}): Copy => ({
  model: 'User',
  entry,
  text: entry,
  tags: [],
  stamps: { epoch: 'e', versions: [] },
  keys: [`key of ${entry}`],
  lifeMs: 1000,
  bornAt: 0,
  endsAt: 1000,
  asked: 0,
  ...more,
})
const limits = new Map([
  ['User', 3],
  ['Post', 100],
])

describe('copies', () => {
  test('a key drops those that depend on it, and forgets them', () => {
    const copies = createCopies(limits)
    copies.put(copy('a', { keys: ['1', '2'] }))
    copies.put(copy('b', { keys: ['2'] }))
    copies.drop('1')
    expect(copies.get('User', 'a')).toBeUndefined()
    expect(copies.get('User', 'b')).toBeDefined()
    copies.drop('2', (one) => one.entry !== 'b')
    expect(copies.get('User', 'b')).toBeDefined()
    copies.drop('2')
    expect(copies.bytes).toBe(0)
  })

  test('one that takes another’s place depends on its own keys only', () => {
    const copies = createCopies(limits)
    copies.put(copy('a', { keys: ['old'] }))
    copies.put(copy('a', { keys: ['new'] }))
    copies.drop('old')
    expect(copies.get('User', 'a')).toBeDefined()
    copies.drop('new')
    expect(copies.bytes).toBe(0)
  })

  test('a model has as many as its policy says, the ones used last', () => {
    const copies = createCopies(limits)
    for (const entry of ['a', 'b', 'c']) copies.put(copy(entry))
    copies.get('User', 'a')
    copies.put(copy('d'))
    expect(['a', 'b', 'c', 'd'].filter((entry) => copies.get('User', entry))).toEqual(['a', 'c', 'd'])
    expect(copies.count('User')).toBe(3)
  })

  test('together they take no more than there is room for: the model that has most gives way', () => {
    const copies = createCopies(limits, 10_000)
    copies.put(copy('small'))
    for (let i = 0; i < 50; i++) copies.put(copy(`${i}`, { model: 'Post', text: 'x'.repeat(500) }))
    expect(copies.bytes).toBeLessThanOrEqual(10_000)
    expect(copies.get('User', 'small')).toBeDefined()
    expect(copies.get('Post', '49')).toBeDefined()
    copies.put(copy('huge', { text: 'x'.repeat(10_000) }))
    expect(copies.bytes).toBeLessThanOrEqual(10_000)
    expect(copies.get('User', 'huge')).toBeUndefined()
    copies.clear()
    expect(copies.bytes).toBe(0)
  })

  test('of a model that has none, nothing is kept', () => {
    const copies = createCopies(limits)
    copies.put(copy('a', { model: 'Other' }))
    expect(copies.bytes).toBe(0)
  })
})

describe('changes', () => {
  test('a key has changed since a moment, or not', () => {
    const changes = createChanges()
    changes.add('a')
    const { moment } = changes
    changes.add('b')
    expect(changes.any(['a'], moment)).toBe(false)
    expect(changes.any(['a', 'b'], moment)).toBe(true)
    expect(changes.any(['b'], changes.moment)).toBe(false)
  })

  test('of more than are remembered, whoever looked before is told that all have', () => {
    const changes = createChanges(2)
    const { moment } = changes
    changes.add('a')
    const later = changes.moment
    changes.add('b')
    changes.add('c')
    expect(changes.any(['a'], moment)).toBe(true)
    expect(changes.any(['never'], moment)).toBe(true)
    expect(changes.any(['never'], later)).toBe(false)
    expect(changes.any(['b'], later)).toBe(true)
  })
})
