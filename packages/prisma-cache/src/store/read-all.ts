import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/** Reads keys in one command a slot; null where there is none. What is asked for in one tick is asked with one command. */
export function readAll(link: Link, wanted: readonly string[]): Promise<(string | null)[]> {
  return link.cluster ? readBySlot(link, wanted) : readTogether(link, wanted)
}

interface Ask {
  readonly wanted: readonly string[]
  readonly answer: (values: (string | null)[]) => void
  readonly fail: (error: unknown) => void
}

/** Keys of one command at most: Redis does nothing else meanwhile. */
const MOST_KEYS = 500
const asks = new WeakMap<Link, Ask[]>()

function readTogether(link: Link, wanted: readonly string[]): Promise<(string | null)[]> {
  return new Promise((answer, fail) => {
    const ask = { wanted, answer, fail }
    const waiting = asks.get(link)
    if (waiting) waiting.push(ask)
    else {
      asks.set(link, [ask])
      // When everybody who has been told something by now has asked what follows from it.
      process.nextTick(send, link)
    }
  })
}

function send(link: Link): void {
  const waiting = asks.get(link)!
  asks.delete(link)
  let part: Ask[] = []
  let size = 0
  for (const ask of waiting) {
    if (size > 0 && size + ask.wanted.length > MOST_KEYS) {
      readPart(link, part)
      part = []
      size = 0
    }
    part.push(ask)
    size += ask.wanted.length
  }
  readPart(link, part)
}

function readPart(link: Link, part: readonly Ask[]): void {
  const [first, ...others] = part as [Ask, ...Ask[]]
  if (others.length === 0) {
    read(link, first.wanted).then(first.answer, first.fail)
    return
  }
  // Many ask for the same versions: of the model, and of the epoch.
  const keys: string[] = []
  const places = new Map<string, number>()
  const placed = part.map(({ wanted }) =>
    wanted.map((key) => {
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, keys.length)
      return keys.push(key) - 1
    }),
  )
  read(link, keys).then(
    (values) => {
      for (const [i, ask] of part.entries()) ask.answer(placed[i]!.map((at) => values[at] ?? null))
    },
    (error: unknown) => {
      for (const ask of part) ask.fail(error)
    },
  )
}

async function read(link: Link, keys: readonly string[]): Promise<(string | null)[]> {
  return await link.redis.mget(keys as string[])
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
