import { peerFind } from '../peers/peer.js'
import { rowId } from '../stage/stage.js'
import type { BenchCase } from './bench-case.js'
import { raceCase } from './race-case.js'

function nearHit(width: number): BenchCase {
  return raceCase({
    row: 'P1, P2',
    name: `hit in the process, findUnique, ${width} at a time`,
    width,
    async lanes(stage) {
      const { cached, plain, rows } = stage
      const read = (n: number) => cached.nearby.findUnique({ where: { id: rowId(stage, n) } })
      // Twice, for the first of all makes the versions; and one that comes after the pushes of that.
      for (let round = 0; round < 3; round++) for (let n = 0; n < rows; n++) await read(n)
      const peer = stage.peers.find(({ keeps }) => keeps === 'memory')!
      for (let n = 0; n < rows; n++) await peerFind(peer, rowId(stage, n))
      return {
        'near hit': read,
        'plain findUnique': (n) => plain.nearby.findUnique({ where: { id: rowId(stage, n) } }),
        [peer.name]: (n) => peerFind(peer, rowId(stage, n)),
        'a Map': mapOf(rows),
      }
    },
    ratios: [
      {
        what: `P1 near hit, times faster than plain findUnique, ${width} at a time`,
        over: 'plain findUnique',
        under: 'near hit',
        target: { atLeast: 300 },
      },
      {
        what: `P2 near hit, times faster than the peer's hit in memory, ${width} at a time`,
        over: 'prisma-extension-cache-manager 1.1.1 in memory',
        under: 'near hit',
        target: { atLeast: 20 },
      },
      { what: `near hit, times a Map, ${width} at a time`, over: 'near hit', under: 'a Map' },
    ],
  })
}

/** The floor of any hit in the process: a lookup, and a promise of it. */
function mapOf(rows: number) {
  const map = new Map(Array.from({ length: rows }, (_, n) => [`row-${n}`, { id: `row-${n}` }]))
  return async (n: number) => map.get(`row-${n % rows}`)
}

export const nearHits = [nearHit(1), nearHit(32)]
