import { peerFind } from '../peers/peer.js'
import { rowId, type Stage } from '../stage/stage.js'
import { entryOf } from './entry-of.js'
import { raceCase } from './race-case.js'

/** A key that holds the bytes of a cached row, read by the bare driver: the floor of a hit. */
async function bareGet(stage: Stage) {
  const { value } = await entryOf(stage, 'Through', { id: 'row-1' })
  const key = (n: number) => `bare:${rowId(stage, n)}`
  await Promise.all(Array.from({ length: stage.rows }, (_, n) => stage.redis.set(key(n), value)))
  return (n: number) => stage.redis.get(key(n))
}

function redisHit(width: number, targets: { readonly get: number; readonly peer: number }) {
  const peers = ['prisma-extension-redis 5.0.0', 'prisma-extension-cache-manager 1.1.1 on Redis']
  return raceCase({
    row: 'P3, P4',
    name: `hit in Redis, findUnique, ${width} at a time`,
    width,
    async lanes(stage) {
      const { cached, plain } = stage
      const read = (n: number) => cached.through.findUnique({ where: { id: rowId(stage, n) } })
      const onRedis = stage.peers.filter(({ keeps }) => keeps === 'redis')
      for (let n = 0; n < stage.rows; n++) {
        await read(n)
        for (const peer of onRedis) await peerFind(peer, rowId(stage, n))
      }
      return {
        'Redis hit': read,
        'bare GET': await bareGet(stage),
        ...Object.fromEntries(onRedis.map((peer) => [peer.name, (n: number) => peerFind(peer, rowId(stage, n))])),
        'plain findUnique': (n) => plain.through.findUnique({ where: { id: rowId(stage, n) } }),
      }
    },
    ratios: [
      {
        what: `P3 Redis hit, times a bare GET of the same bytes, ${width} at a time`,
        over: 'Redis hit',
        under: 'bare GET',
        target: { atMost: targets.get },
      },
      {
        what: `P4 Redis hit, times faster than the best peer's, ${width} at a time`,
        over: peers,
        under: 'Redis hit',
        target: { atLeast: targets.peer },
      },
      {
        what: `Redis hit, times faster than plain findUnique, ${width} at a time`,
        over: 'plain findUnique',
        under: 'Redis hit',
      },
    ],
  })
}

export const redisHits = [redisHit(1, { get: 1.15, peer: 2 }), redisHit(32, { get: 1.6, peer: 4 })]
