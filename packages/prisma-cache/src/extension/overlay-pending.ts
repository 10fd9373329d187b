import type { IndexedModel } from '../planner/model-index.js'
import { rowIdOf } from '../planner/row-id.js'
import { SHARDS, shardOf } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { readPending } from '../queue/read-pending.js'
import { readAll } from '../store/read-all.js'
import type { Engine, Operation } from './operation-context.js'

/** Operations whose answer is rows of the model itself. */
const OF_ROWS = new Set(['findMany', 'findFirst', 'findFirstOrThrow', 'findUnique', 'findUniqueOrThrow'])

/**
 * An `eventual` answer flushes nothing, and what is pending is in no table yet: its rows are shown with the values that are
 * accepted. Which rows are in it, and in what order, stays as Postgres had it; of a list, those whose delete is accepted
 * are left out. A pending row that somebody has written past the queue says nothing here.
 *
 * @returns a new answer where anything is pending on its rows, else the same. Without Redis: the same
 */
export async function overlayPending(
  engine: Engine,
  model: IndexedModel,
  { operation }: Pick<Operation, 'operation'>,
  answer: unknown,
): Promise<unknown> {
  if (!OF_ROWS.has(operation) || answer === null || typeof answer !== 'object' || !engine.link.isUp()) return answer
  const rows = (Array.isArray(answer) ? answer : [answer]) as Row[]
  const ids = rows.map((row) => rowIdOf(model.facts, row))
  try {
    const pending = await standing(engine, model, new Set(ids.filter((id) => id !== undefined)))
    if (pending.size === 0) return answer
    engine.events.emit('overlay', { model: model.name, operation, rows: pending.size })
    const shown = rows.flatMap((row, i) => {
      const values = pending.get(ids[i] ?? '')
      if (values === undefined) return [row]
      if (values === null) return Array.isArray(answer) ? [] : [row]
      return [over(row, values)]
    })
    return Array.isArray(answer) ? shown : shown[0]
  } catch {
    return answer // Redis went away meanwhile: what Postgres has is an eventual answer as well
  }
}

function over(row: Row, values: Row): Row {
  const shown: Row = {}
  for (const name of Object.keys(row)) shown[name] = Object.hasOwn(values, name) ? values[name] : row[name]
  return shown
}

/** The pending rows among these that rest on what stands; null for one that is deleted. */
async function standing(
  { link }: Engine,
  model: IndexedModel,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Row | null>> {
  const { redis, keys } = link
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, async (_, n) => {
      const { dirty, sealed } = keys.shard(model.name, n)
      return (await redis.exists(dirty, sealed)) > 0
    }),
  )
  const candidates = [...ids].filter((id) => shards[shardOf(id)])
  if (candidates.length === 0) return new Map()
  const versionKeys = [
    keys.tag({ kind: 'wide', model: model.name }).version,
    keys.epoch,
    ...candidates.map((row) => keys.tag({ kind: 'row', model: model.name, row }).version),
  ]
  const [[wide, epoch, ...versions], pending] = await Promise.all([
    readAll(link, versionKeys),
    Promise.all(candidates.map((row) => readPending(redis, keys, model.kept, row))),
  ])
  const found = new Map<string, Row | null>()
  for (const [i, row] of candidates.entries()) {
    const one = pending[i]!
    if (one.kind === 'none' || !one.complete) continue
    const { base } = one
    if (base.version === versions[i] && base.wide === wide && base.epoch === epoch) found.set(row, one.row)
  }
  return found
}
