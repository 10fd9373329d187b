import { startRedis } from '@prisma-cache/servers'
import { Redis } from 'ioredis'
import { rowId, type Stage } from '../stage/stage.js'
import type { BenchCase } from './bench-case.js'
import { entryOf } from './entry-of.js'
import { raceCase } from './race-case.js'

const FEW = 1_000

/** Two Redis servers that differ in how many entries they hold, and a client of each. */
async function twoSizes(stage: Stage, many: number) {
  const sizes = await Promise.all(
    [FEW, many].map(async (entries) => {
      const server = await startRedis({ appendOnly: false })
      const redis = new Redis(server.url)
      // Its own namespace: a ledger knows which Redis its queue lies in.
      const cached = await stage.another({ redisUrl: server.url, namespace: `${stage.namespace}_${entries}` })
      await copies(await entryOf({ cached: cached.prisma, redis }, 'Through', { id: 'row-1' }), entries, redis)
      const close = async () => {
        await cached.close()
        redis.disconnect()
        await server.stop()
      }
      return { prisma: cached.prisma, close }
    }),
  )
  return { few: sizes[0]!, many: sizes[1]! }
}

/** Entries as the cache makes them, under the keys of rows that there are not. */
async function copies({ key, value }: { key: string; value: string }, entries: number, redis: Redis): Promise<void> {
  const at = key.lastIndexOf('row-1')
  for (let done = 0; done < entries; ) {
    const pipeline = redis.pipeline()
    for (const end = Math.min(entries, done + 5000); done < end; done++) {
      pipeline.set(`${key.slice(0, at)}copy-${done}`, value, 'EX', 3600)
    }
    await pipeline.exec()
  }
}

/** Cases that ask whether the number of entries shows. The servers live as long as their case. */
function withTwoSizes(
  one: { readonly row: string; readonly name: string; readonly what: string },
  operation: (stage: Stage, prisma: Stage['cached'], n: number) => Promise<unknown>,
): BenchCase {
  return {
    row: one.row,
    name: `${one.name}, by number of entries`,
    async measure(stage, effort) {
      const many = effort.quick ? 100_000 : 1_000_000
      const sizes = await twoSizes(stage, many)
      const [few, lot] = [`${FEW} entries`, `${many} entries`]
      try {
        for (let n = 0; n < stage.rows; n++) {
          await operation(stage, sizes.few.prisma, n)
          await operation(stage, sizes.many.prisma, n)
        }
        return await raceCase({
          ...one,
          name: one.name,
          width: 1,
          lanes: async () => ({
            [lot]: (n) => operation(stage, sizes.many.prisma, n),
            [few]: (n) => operation(stage, sizes.few.prisma, n),
          }),
          ratios: [{ what: one.what, over: lot, under: few, target: { atMost: 1.2 } }],
        }).measure(stage, effort)
      } finally {
        await sizes.few.close()
        await sizes.many.close()
      }
    },
  }
}

export const entryCounts = [
  withTwoSizes(
    { row: 'P10', name: 'invalidation of a model', what: 'P10 invalidation, many entries over few' },
    (_, prisma) =>
      (prisma as unknown as { $cache: { invalidate(m: string): Promise<void> } }).$cache.invalidate('Through'),
  ),
  withTwoSizes(
    { row: 'P14', name: 'hit in Redis', what: 'P14 time per hit, many entries over few' },
    (stage, prisma, n) => prisma.through.findUnique({ where: { id: rowId(stage, n) } }),
  ),
]
