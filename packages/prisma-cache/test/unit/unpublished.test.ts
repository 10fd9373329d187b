import type { Tag } from '../../src/protocol/tag.js'
import { createUnpublished } from '../../src/store/unpublished.js'

const table = (named?: readonly string[]): Tag => ({ kind: 'table', model: 'Post', ...(named ? { named } : {}) })
const field = (name: string): Tag => ({ kind: 'field', model: 'Post', field: name })

test('readers by a field are owed every write of the table that has not named its values', () => {
  const unpublished = createUnpublished()
  unpublished.add([table(['author', 'slug'])])
  expect(unpublished.owes([field('author')])).toBe(false)
  expect(unpublished.owes([field('state')])).toBe(true)
  expect(unpublished.owes([table()])).toBe(true)
  unpublished.add([table(['slug'])])
  expect(unpublished.owes([field('author')])).toBe(true)
  expect(unpublished.owes([field('slug')])).toBe(false)
  unpublished.add([table()])
  expect(unpublished.owes([field('slug')])).toBe(true)
  expect(unpublished.owes([{ ...field('slug'), model: 'User' } as Tag])).toBe(false)
})

test('what is settled is what was owed, as it was owed', async () => {
  const unpublished = createUnpublished()
  unpublished.add([table(['author', 'slug'])])
  unpublished.add([table(['slug', 'state'])])
  const seen: (readonly Tag[])[] = []
  await unpublished.settle(async (tags) => void seen.push(tags))
  expect(seen).toEqual([[table(['slug'])]])
  expect(unpublished.size).toBe(0)
})
