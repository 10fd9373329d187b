import type { BenchCase } from '../cases/bench-case.js'
import { ratioOf, spread } from '../measure/spread.js'
import { holds } from './holds.js'
import { setScene } from './scene.js'

/** As many rows changed by the queue's batches, and by Prisma's own updates. */
export const flushMany: BenchCase = {
  row: 'P9',
  name: 'write-behind: flush of 10000 dirty rows',
  async measure(_, { quick }) {
    const rows = quick ? 2000 : 10_000
    const scene = await setScene('held', rows)
    const inTurns = async (width: number, one: (n: number) => Promise<unknown>) => {
      let next = 0
      const begin = performance.now()
      await Promise.all(
        Array.from({ length: width }, async () => {
          while (next < rows) await one(next++)
        }),
      )
      return performance.now() - begin
    }
    const [flushes, alone, crowded]: number[][] = [[], [], []]
    let statements = 0
    const rounds = 3
    for (let round = 1; round <= rounds; round++) {
      const data = { hits: round, owner: `round ${round}` }
      await inTurns(32, (n) => scene.cached.behind.update({ where: { id: `row-${n}` }, data }))
      const before = await scene.worker.call('counts')
      const begin = performance.now()
      await scene.cached.$cache.flush('Behind')
      flushes!.push(performance.now() - begin)
      statements += (await scene.worker.call('counts')).statements - before.statements
      crowded!.push(await inTurns(32, (n) => scene.plain.through.update({ where: { id: `row-${n}` }, data })))
      if (round === 1)
        alone!.push(await inTurns(1, (n) => scene.plain.through.update({ where: { id: `row-${n}` }, data })))
      const written = await scene.plain.behind.count({ where: data })
      holds(written === rows, `${written} of ${rows} rows were written`)
    }
    await scene.strike()
    const alike = (values: number[]) => flushes!.map((_, round) => values[Math.min(round, values.length - 1)]!)
    return {
      unit: 'ms',
      lanes: {
        [`flush of ${rows} rows`]: spread(flushes!),
        'Prisma updates, 1 at a time': spread(alone!),
        'Prisma updates, 32 at a time': spread(crowded!),
      },
      ratios: [
        {
          what: 'P9 flush of dirty rows, times faster than as many Prisma updates, 1 at a time',
          value: ratioOf(alike(alone!), flushes!),
          target: { atLeast: 15 },
        },
        {
          what: 'flush of dirty rows, times faster than as many Prisma updates, 32 at a time',
          value: ratioOf(crowded!, flushes!),
        },
      ],
      notes: [`${Math.round(statements / rounds)} statements a flush, BEGIN and COMMIT counted`],
    }
  },
}
