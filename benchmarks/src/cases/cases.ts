import type { BenchCase, Subjects } from './bench-case.js'

const id = (subjects: Subjects, n: number) => `row-${n % subjects.rows}`

/** A key that holds as many bytes as a cached row, read by the bare driver: the floor of a hit. */
async function bareGet({ redis, rows }: Subjects) {
  const value = 'x'.repeat(100)
  await Promise.all(Array.from({ length: rows }, (_, n) => redis.set(`bare:row-${n}`, value)))
  return (n: number) => redis.get(`bare:row-${n % rows}`)
}

function hit(width: number): BenchCase {
  return {
    name: `Redis hit of findUnique, ${width} at a time`,
    width,
    lanes: async (s) => ({
      hit: (n) => s.cached.through.findUnique({ where: { id: id(s, n) } }),
      'plain findUnique': (n) => s.plain.through.findUnique({ where: { id: id(s, n) } }),
      'bare GET': await bareGet(s),
    }),
  }
}

function nearHit(width: number): BenchCase {
  return {
    name: `near hit of findUnique, ${width} at a time`,
    width,
    lanes: async (s) => {
      const read = (n: number) => s.cached.nearby.findUnique({ where: { id: id(s, n) } })
      // Twice, for the first of all makes the versions; and one that comes after the pushes of that.
      for (let round = 0; round < 3; round++) for (let n = 0; n < s.rows; n++) await read(n)
      return {
        'near hit': read,
        'plain findUnique': (n) => s.plain.nearby.findUnique({ where: { id: id(s, n) } }),
        'Redis hit': (n) => s.cached.through.findUnique({ where: { id: id(s, n) } }),
      }
    },
  }
}

const miss: BenchCase = {
  name: 'miss of findUnique, 1 at a time',
  width: 1,
  lanes: async (s) => ({
    // Each asks for a row that nobody has asked for, so that every one is a miss; there is no such row.
    miss: () => s.cached.through.findUnique({ where: { id: `none-${unasked++}` } }),
    'plain findUnique': () => s.plain.through.findUnique({ where: { id: `none-${unasked++}` } }),
  }),
}
let unasked = 0

function update(model: 'through' | 'strong', width: number): BenchCase {
  const data = { hits: { increment: 1 } }
  return {
    name: `${model === 'strong' ? 'strong ' : ''}write-through update, ${width} at a time`,
    width,
    lanes: async (s) => ({
      // One delegate stands for both: the models have the same columns.
      update: (n) => (s.cached[model] as typeof s.cached.through).update({ where: { id: id(s, n) }, data }),
      'plain update': (n) => (s.plain[model] as typeof s.plain.through).update({ where: { id: id(s, n) }, data }),
    }),
  }
}

function accept(width: number): BenchCase {
  const data = { hits: { increment: 1 } }
  return {
    name: `write-behind accept (memory), ${width} at a time`,
    width,
    lanes: async (s) => ({
      accept: (n) => s.cached.behind.update({ where: { id: id(s, n) }, data }),
      'plain update': (n) => s.plain.through.update({ where: { id: id(s, n) }, data }),
    }),
  }
}

export const CASES: readonly BenchCase[] = [
  hit(1),
  hit(32),
  nearHit(1),
  nearHit(32),
  miss,
  update('through', 1),
  update('strong', 1),
  accept(1),
  accept(32),
]
