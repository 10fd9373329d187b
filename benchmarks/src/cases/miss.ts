import type { BenchCase } from './bench-case.js'
import { raceCase } from './race-case.js'

let unasked = 0

/** Each asks for a row that nobody has asked for; there is no such row. */
const absent = raceCase({
  row: 'P5',
  name: 'miss of a row that there is not, findUnique, 1 at a time',
  width: 1,
  async lanes({ cached, plain }) {
    return {
      miss: () => cached.through.findUnique({ where: { id: `none-${unasked++}` } }),
      'plain findUnique': () => plain.through.findUnique({ where: { id: `none-${unasked++}` } }),
    }
  },
  ratios: [
    {
      what: 'P5 miss of an absent row, times plain findUnique',
      over: 'miss',
      under: 'plain findUnique',
      target: { atMost: 1.25 },
    },
  ],
})

function cold(width: number): BenchCase {
  return raceCase({
    row: 'P5',
    name: `miss of a row, findUnique, ${width} at a time`,
    width,
    operations: 1000,
    async lanes({ cached, plain }, { rounds, quick }) {
      // So many that none is asked twice: each lane has its own, the first run that is not counted among them.
      const each = (rounds + 1) * (quick ? 100 : 1000)
      const first = unasked
      unasked += each
      const data = Array.from({ length: each }, (_, n) => ({
        id: `cold-${first + n}`,
        owner: 'nobody',
        balance: '1.5',
      }))
      await plain.through.createMany({ data })
      let [mine, theirs] = [first, first]
      return {
        miss: () => cached.through.findUniqueOrThrow({ where: { id: `cold-${mine++}` } }),
        'plain findUnique': () => plain.through.findUniqueOrThrow({ where: { id: `cold-${theirs++}` } }),
      }
    },
    ratios: [
      {
        what: `P5 miss of a cold row, times plain findUnique, ${width} at a time`,
        over: 'miss',
        under: 'plain findUnique',
        target: { atMost: 1.25 },
      },
    ],
  })
}

export const misses = [absent, cold(1), cold(32)]
