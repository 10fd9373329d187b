import type { BenchCase } from '../cases/bench-case.js'
import { spread } from '../measure/spread.js'
import { holds } from './holds.js'
import { setScene } from './scene.js'

/** Rounds of good rows with one among them that Postgres refuses. */
export const poison: BenchCase = {
  row: 'H13',
  name: 'write-behind: a poison row in each of 100 batches',
  async measure(_, { quick }) {
    const rounds = quick ? 20 : 100
    const size = 200
    const scene = await setScene('held', rounds * size)
    await scene.plain.$executeRaw`alter table "Behind" add constraint no_minus check (hits >= 0)`
    let rejected = 0
    let worst = 0
    const begin = performance.now()
    for (let round = 0; round < rounds; round++) {
      const first = round * size
      const bad = first + ((round * 7) % size)
      await Promise.all(
        Array.from({ length: size }, (_, i) => {
          const n = first + i
          const data = { hits: n === bad ? -1 : 1 }
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
      holds(rows?.join() === `row-${bad}`, `row-${bad} was to be rejected, and ${rows ?? error} was`)
      rejected++
    }
    const seconds = (performance.now() - begin) / 1000
    const written = await scene.plain.behind.count({ where: { hits: 1 } })
    const { rejected: told } = await scene.worker.call('counts')
    holds(written === rounds * (size - 1), `${written} rows were written`)
    holds(told === rounds, `the worker told of ${told} rejections`)
    await scene.strike()
    return {
      unit: 'rows',
      lanes: { applied: spread([written]), rejected: spread([rejected]) },
      ratios: [],
      notes: [
        `${rounds} flushes of ${size} rows with one refused row each, ${seconds.toFixed(1)} s, the slowest ${worst.toFixed(0)} ms`,
        `${rejected} rejections told to the flush that met them, ${told} to the worker`,
      ],
    }
  },
}
