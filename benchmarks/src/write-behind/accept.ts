import type { BenchCase } from '../cases/bench-case.js'
import { raceCase } from '../cases/race-case.js'
import { setScene } from './scene.js'

const data = { hits: { increment: 1 } }

/** Accepting beside a worker that flushes all the while, and Prisma's own update of as many other rows. */
function accept(width: number, target: number): BenchCase {
  const name = `write-behind accept (memory), update, ${width} at a time`
  return {
    row: 'P7',
    name,
    async measure(stage, effort) {
      const rows = effort.quick ? 500 : 2000
      const scene = await setScene('asDeclared', rows)
      const where = (n: number) => ({ id: `row-${n % rows}` })
      try {
        return await raceCase({
          row: 'P7',
          name,
          width,
          lanes: async () => ({
            'accept, many rows': (n) => scene.cached.behind.update({ where: where(n), data }),
            'accept, one row': () => scene.cached.behind.update({ where: where(0), data }),
            'plain update, many rows': (n) => scene.plain.through.update({ where: where(n), data }),
          }),
          ratios: [
            {
              what: `P7 write-behind accept of many rows, times faster than plain update, ${width} at a time`,
              over: 'plain update, many rows',
              under: 'accept, many rows',
              target: { atLeast: target },
            },
            {
              what: `write-behind accept of one row, times faster than plain update, ${width} at a time`,
              over: 'plain update, many rows',
              under: 'accept, one row',
            },
          ],
          notes: ['a worker process applies what is accepted meanwhile'],
        }).measure(stage, effort)
      } finally {
        await scene.cached.$cache.flush()
        await scene.strike()
      }
    },
  }
}

export const accepts = [accept(1, 3), accept(32, 8)]
