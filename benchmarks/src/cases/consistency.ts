import { rowId, type Stage } from '../stage/stage.js'
import { raceCase } from './race-case.js'

const data = { hits: { increment: 1 } }

/** What `strong` costs over `session`, in one run: models of the same columns and the same strategy. */
const writes = raceCase({
  row: 'consistency',
  name: 'update by class, write-through, 1 at a time',
  width: 1,
  lanes: async (stage) => ({
    strong: (n) => stage.cached.strong.update({ where: { id: rowId(stage, n) }, data }),
    session: (n) => stage.cached.through.update({ where: { id: rowId(stage, n) }, data }),
    plain: (n) => stage.plain.through.update({ where: { id: rowId(stage, n) }, data }),
  }),
  ratios: [
    { what: 'update, strong over session', over: 'strong', under: 'session' },
    { what: 'update, session over plain', over: 'session', under: 'plain' },
  ],
})

function reads(width: number) {
  return raceCase({
    row: 'consistency',
    name: `hit by class, ${width} at a time`,
    width,
    async lanes(stage) {
      await warm(stage)
      return {
        strong: (n) => stage.cached.strong.findUnique({ where: { id: rowId(stage, n) } }),
        session: (n) => stage.cached.through.findUnique({ where: { id: rowId(stage, n) } }),
        plain: (n) => stage.plain.through.findUnique({ where: { id: rowId(stage, n) } }),
      }
    },
    ratios: [
      { what: `hit, strong over session, ${width} at a time`, over: 'strong', under: 'session' },
      { what: `hit, strong over plain findUnique, ${width} at a time`, over: 'strong', under: 'plain' },
    ],
  })
}

async function warm(stage: Stage): Promise<void> {
  for (let n = 0; n < stage.rows; n++) {
    const where = { id: rowId(stage, n) }
    await Promise.all([stage.cached.strong.findUnique({ where }), stage.cached.through.findUnique({ where })])
  }
}

export const consistency = [writes, reads(1), reads(32)]
