import { race } from '../measure/race.js'
import { setScene } from './scene.js'
import type { Story } from './story.js'

const data = { hits: { increment: 1 } }

/** Accepting beside a worker that flushes all the while, and Prisma's own update of as many other rows. */
export function acceptStory(width: number): Story {
  return {
    name: `write-behind accept beside a worker process (memory), ${width} at a time`,
    async tell({ quick }) {
      const rows = quick ? 500 : 2000
      const scene = await setScene('asDeclared', rows)
      const where = (n: number) => ({ id: `row-${n % rows}` })
      const hot = { where: { id: 'row-0' }, data }
      const results = await race(
        {
          'accept, many rows': (n) => scene.cached.behind.update({ where: where(n), data }),
          'accept, one row': () => scene.cached.behind.update(hot),
          'plain update, many rows': (n) => scene.plain.through.update({ where: where(n), data }),
        },
        { rounds: quick ? 3 : 7, operations: (quick ? 500 : 2000) * (width > 1 ? 3 : 1), width },
      )
      await scene.cached.$cache.flush()
      await scene.strike()
      const of = (lane: string) => results[lane]!.median
      const plain = of('plain update, many rows')
      const figures = {
        manyRows: of('accept, many rows'),
        oneRow: of('accept, one row'),
        plain,
        timesFasterManyRows: plain / of('accept, many rows'),
        timesFasterOneRow: plain / of('accept, one row'),
      }
      return {
        figures,
        lines: [
          ...Object.entries(results).map(
            ([lane, { median, low, high }]) => `${lane} ${median.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`,
          ),
          `many rows ${figures.timesFasterManyRows.toFixed(2)}× faster than plain, one row ${figures.timesFasterOneRow.toFixed(2)}×`,
        ],
      }
    },
  }
}
