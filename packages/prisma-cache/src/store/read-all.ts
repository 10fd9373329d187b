import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/** Reads keys in one command a slot; null where there is none. */
export function readAll(link: Link, wanted: string[]): Promise<(string | null)[]> {
  return link.cluster ? readBySlot(link, wanted) : link.redis.mget(wanted)
}

async function readBySlot(link: Link, wanted: readonly string[]): Promise<(string | null)[]> {
  const found = new Array<string | null>(wanted.length).fill(null)
  await Promise.all(
    groupBySlot(true, wanted).map(async (group) => {
      const values = await link.redis.mget(...group.map((i) => wanted[i]!))
      for (const [n, i] of group.entries()) found[i] = values[n] ?? null
    }),
  )
  return found
}
