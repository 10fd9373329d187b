import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/** Reads keys in one command a slot; null where there is none. */
export async function readAll(link: Link, wanted: readonly string[]): Promise<(string | null)[]> {
  if (!link.cluster) return link.redis.mget(...wanted)
  const found = new Array<string | null>(wanted.length).fill(null)
  await Promise.all(
    groupBySlot(true, wanted).map(async (group) => {
      const values = await link.redis.mget(...group.map((i) => wanted[i]!))
      for (const [n, i] of group.entries()) found[i] = values[n] ?? null
    }),
  )
  return found
}
