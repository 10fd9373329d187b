import { setScene } from './scene.js'
import { startChild } from './start-child.js'
import { holds, type Story } from './story.js'

const PROCESSES = 2
const PER_SECOND = 10_000

/** Increments of one row by several processes: is none lost, and how many statements reach Postgres? */
export const incrementsStory: Story = {
  name: `write-behind: ${PER_SECOND} increments a second on one row`,
  async tell({ quick }) {
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
      figures: { answered, perSecond: answered / seconds, statements, timesFewer: answered / statements },
      lines: [
        `${answered} increments answered in ${seconds} s (${Math.round(answered / seconds)} a second, by ${PROCESSES} processes); Postgres has ${row.hits}`,
        `${statements} statements reached Postgres, BEGIN and COMMIT counted: ${Math.round(answered / statements)}× fewer`,
      ],
    }
  },
}
