/**
 * What was said to have changed, in order: tells of keys whether any did since a moment. Of the oldest changes only a
 * moment is kept that says since when nothing is known: whoever looked before it is told that there was one.
 */
export interface Changes {
  readonly moment: number
  add(key: string): void
  any(keys: readonly string[], since: number): boolean
}

/** A look at Redis takes milliseconds. More keys than these do not change meanwhile, or nothing is worth keeping. */
const REMEMBERED = 10_000

export function createChanges(remembered = REMEMBERED): Changes {
  const last = new Map<string, number>()
  let moment = 0
  let forgotten = 0
  return {
    get moment() {
      return moment
    },
    add(key) {
      last.delete(key)
      last.set(key, ++moment)
      if (last.size <= remembered) return
      const [oldest, at] = last.entries().next().value!
      last.delete(oldest)
      forgotten = at
    },
    any: (keys, since) => since < forgotten || keys.some((key) => (last.get(key) ?? 0) > since),
  }
}
