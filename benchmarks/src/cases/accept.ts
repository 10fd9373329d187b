import { rowId } from '../stage/stage.js'
import { raceCase } from './race-case.js'

const data = { hits: { increment: 1 } }

function accept(width: number, target: number) {
  return raceCase({
    row: 'P7',
    name: `write-behind accept (memory), update, ${width} at a time`,
    width,
    async lanes(stage) {
      const { cached, plain } = stage
      return {
        accept: (n) => cached.behind.update({ where: { id: rowId(stage, n) }, data }),
        'plain update': (n) => plain.through.update({ where: { id: rowId(stage, n) }, data }),
      }
    },
    ratios: [
      {
        what: `P7 write-behind accept, times faster than plain update, ${width} at a time`,
        over: 'plain update',
        under: 'accept',
        target: { atLeast: target },
      },
    ],
    notes: ['the flush worker of the same process applies what is accepted meanwhile'],
  })
}

export const accepts = [accept(1, 3), accept(32, 8)]
