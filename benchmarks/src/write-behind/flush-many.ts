import { setScene } from './scene.js'
import { holds, type Story } from './story.js'

/** As many rows changed by the queue's batches, and by Prisma's own updates. */
export const flushStory: Story = {
  name: 'write-behind: flush of 10000 dirty rows',
  async tell({ quick }) {
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
    const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!
    const [flush, one, many] = [median(flushes!), median(alone!), median(crowded!)]
    return {
      figures: {
        rows,
        flushMs: flush,
        updates1Ms: one,
        updates32Ms: many,
        statementsPerFlush: statements / rounds,
        timesFaster1: one / flush,
        timesFaster32: many / flush,
      },
      lines: [
        `flush of ${rows} rows ${flush.toFixed(0)} ms (median of ${rounds}), ${Math.round(statements / rounds)} statements`,
        `Prisma updates ${one.toFixed(0)} ms 1 at a time, ${many.toFixed(0)} ms 32 at a time, a statement each`,
        `the flush is ${(one / flush).toFixed(1)}× faster than the updates 1 at a time, ${(many / flush).toFixed(1)}× than 32 at a time`,
      ],
    }
  },
}
