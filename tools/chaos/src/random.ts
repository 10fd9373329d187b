/** A seeded source of choices. The same seed gives the same choices on every machine. */
export interface Random {
  /** 0 … n - 1 */
  below(n: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** At least `least` of the items, in their own order. */
  some<T>(items: readonly T[], least?: number): T[]
  /** One of the entries, each as often as its weight says. */
  weighted<T>(entries: readonly (readonly [weight: number, value: T])[]): T
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  /** splitmix32 */
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)]!,
    some(items, least = 0) {
      const kept = items.filter(() => next() < 0.4)
      while (kept.length < Math.min(least, items.length)) {
        const item = items[below(items.length)]!
        if (!kept.includes(item)) kept.push(item)
      }
      return items.filter((item) => kept.includes(item))
    },
    weighted(entries) {
      let left = next() * entries.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, value] of entries) {
        left -= weight
        if (left < 0) return value
      }
      return entries.at(-1)![1]
    },
  }
}
