import { rowId } from '../stage/stage.js'
import { raceCase } from './race-case.js'

const data = { hits: { increment: 1 } }

function update(model: 'through' | 'strong', target: number) {
  const name = model === 'strong' ? 'strong' : 'session'
  return raceCase({
    row: 'P6',
    name: `write-through update, ${name}, 1 at a time`,
    width: 1,
    async lanes(stage) {
      const { cached, plain } = stage
      const peer = stage.peers.find(({ invalidates }) => invalidates)!
      return {
        // One delegate stands for both: the models have the same columns.
        update: (n) => (cached[model] as typeof cached.through).update({ where: { id: rowId(stage, n) }, data }),
        'plain update': (n) => (plain[model] as typeof plain.through).update({ where: { id: rowId(stage, n) }, data }),
        [peer.name]: (n) =>
          (peer.prisma[model] as typeof plain.through).update({ where: { id: rowId(stage, n) }, data }),
      }
    },
    ratios: [
      {
        what: `P6 write-through update, ${name}, times plain update`,
        over: 'update',
        under: 'plain update',
        target: { atMost: target },
      },
      {
        what: `write-through update, ${name}, times the peer's`,
        over: 'update',
        under: 'prisma-extension-redis 5.0.0',
      },
    ],
  })
}

export const updates = [update('through', 1.2), update('strong', 1.4)]
