import type { BenchCase } from '../cases/bench-case.js'
import { spread } from '../measure/spread.js'
import { holds } from './holds.js'
import { setScene } from './scene.js'
import { startChild } from './start-child.js'

const PROCESSES = 2
const PER_SECOND = 10_000

/** Increments of one row by several processes: is none lost, and how many statements reach Postgres? */
export const increments: BenchCase = {
  row: 'P8',
  name: `write-behind: ${PER_SECOND} increments a second on one row`,
  async measure(_, { quick }) {
    const seconds = quick ? 2 : 10
    const scene = await setScene('asDeclared', 1)
    const clients = Array.from({ length: PROCESSES }, startChild)
    const before = await scene.worker.call('counts')
    const counts = await Promise.all(
      clients.map((client) => client.call('increment', scene.place, 'row-0', PER_SECOND / PROCESSES, seconds)),
    )
    await scene.cached.$cache.flush('Behind')
    const after = await scene.worker.call('counts')
    const row = await scene.plain.behind.findUniqueOrThrow({ where: { id: 'row-0' } })
    const answered = counts.reduce((sum, count) => sum + count, 0)
    holds(row.hits === answered, `${answered} increments were answered, and Postgres has ${row.hits}`)
    await Promise.all(clients.map((client) => client.stop()))
    await scene.strike()
    const statements = after.statements - before.statements
    return {
      unit: 'in all',
      lanes: {
        'increments answered': spread([answered]),
        'statements, BEGIN and COMMIT counted': spread([statements]),
      },
      ratios: [
        {
          what: 'P8 statements that reach Postgres, times fewer than increments of one row',
          value: spread([answered / statements]),
          target: { atLeast: 1000 },
        },
      ],
      notes: [
        `${Math.round(answered / seconds)} a second for ${seconds} s, by ${PROCESSES} processes; Postgres has ${row.hits} of ${answered}`,
      ],
    }
  },
}
