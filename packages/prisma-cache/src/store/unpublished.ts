import { type Tag, tagName, uniteTags } from '../protocol/tag.js'

/** Tags of committed writes whose publication Redis has not confirmed. Nothing under them is believed meanwhile. */
export interface Unpublished {
  add(tags: readonly Tag[]): void
  owes(tags: readonly Tag[]): boolean
  readonly size: number
  /** Runs `attempt` on all that is owed now; forgets it when the attempt resolves, unless it was added again since. */
  settle(attempt: (tags: readonly Tag[], overflown: boolean) => Promise<void>): Promise<void>
}

/** Beyond this many tags one new epoch is cheaper than their publication. */
const LIMIT = 50_000

export function createUnpublished(): Unpublished {
  const owed = new Map<string, { tag: Tag; turn: number }>()
  let turn = 0
  let overflownAt = 0

  /** A field's readers are owed every write of the table that has not named its values. */
  function owesField(tag: Tag): boolean {
    if (tag.kind !== 'field') return false
    const table = owed.get(tagName({ kind: 'table', model: tag.model }))?.tag
    return table?.kind === 'table' && !table.named?.includes(tag.field)
  }

  return {
    add(tags) {
      turn++
      for (const tag of tags) {
        const known = owed.get(tagName(tag))?.tag
        owed.set(tagName(tag), { tag: known ? uniteTags([known, tag])[0]! : tag, turn })
      }
      if (owed.size > LIMIT) {
        overflownAt = turn
        owed.clear()
      }
    },
    owes(tags) {
      if (overflownAt > 0) return true
      return owed.size > 0 && tags.some((tag) => owed.has(tagName(tag)) || owesField(tag))
    },
    get size() {
      return overflownAt > 0 ? LIMIT : owed.size
    },
    async settle(attempt) {
      const until = turn
      const overflown = overflownAt > 0
      await attempt(
        [...owed.values()].map((item) => item.tag),
        overflown,
      )
      for (const [key, item] of owed) if (item.turn <= until) owed.delete(key)
      if (overflown && overflownAt <= until) overflownAt = 0
    },
  }
}
