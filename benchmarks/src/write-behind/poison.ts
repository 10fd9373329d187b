import { setScene } from './scene.js'
import { holds, type Story } from './story.js'

/** Rounds of good rows with one among them that Postgres refuses. */
export const poisonStory: Story = {
  name: 'write-behind: a poison row in each of 100 batches',
  async tell({ quick }) {
    const rounds = quick ? 20 : 100
    const size = 200
    const scene = await setScene('held', rounds * size)
    await scene.plain.$executeRaw`alter table "Behind" add constraint no_minus check (hits >= 0)`
    let rejected = 0
    let worst = 0
    const begin = performance.now()
    for (let round = 0; round < rounds; round++) {
      const first = round * size
      const poison = first + ((round * 7) % size)
      await Promise.all(
        Array.from({ length: size }, (_, i) => {
          const n = first + i
          const data = { hits: n === poison ? -1 : 1 }
          return scene.cached.behind.update({ where: { id: `row-${n}` }, data })
        }),
      )
      const flushing = performance.now()
      const error = await scene.cached.$cache.flush('Behind').then(
        () => undefined,
        (thrown: { code?: string; rejected?: readonly { row: string }[] }) => thrown,
      )
      worst = Math.max(worst, performance.now() - flushing)
      const rows = error?.rejected?.map(({ row }) => row)
      holds(rows?.join() === `row-${poison}`, `row-${poison} was to be rejected, and ${rows ?? error} was`)
      rejected++
    }
    const seconds = (performance.now() - begin) / 1000
    const written = await scene.plain.behind.count({ where: { hits: 1 } })
    const { rejected: told } = await scene.worker.call('counts')
    holds(written === rounds * (size - 1), `${written} rows were written`)
    holds(told === rounds, `the worker told of ${told} rejections`)
    await scene.strike()
    return {
      figures: { rounds, rows: rounds * size, written, rejected, worstFlushMs: worst },
      lines: [
        `${rounds} flushes of ${size} rows with one refused row each, ${seconds.toFixed(1)} s: ${written} rows applied, ${rejected} rejections told to the flush that met them, ${told} to the worker`,
        `the slowest flush took ${worst.toFixed(0)} ms`,
      ],
    }
  },
}
