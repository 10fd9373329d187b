import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Fault } from '../check/check-family.js'
import type { Rejection } from '../model/history.js'
import type { Row } from '../model/operations.js'
import type { Rows } from '../model/perform.js'
import type { SlotRow } from '../model/slots.js'
import { type FamilyPlace, rowOf } from './calls.js'
import type { Cast } from './cast.js'
import type { Child } from './child.js'
import { later } from './within.js'

const SETTLED_WITHIN_MS = 60_000

/** Waits until nothing is pending: by itself, or asked for. */
export async function drain(cast: Cast, alone: boolean): Promise<Fault[]> {
  const until = Date.now() + SETTLED_WITHIN_MS
  let last = ''
  while (Date.now() < until) {
    const acceptor = cast.acceptors[0]!
    if (!alone) {
      const flushed = await acceptor.cache('flush')
      if (flushed && !flushed.ok && flushed.code !== 'PC1303') last = flushed.message
    }
    const reply = await acceptor.cache('pending')
    if (reply?.ok) {
      const stock = Object.values(reply.value as Record<string, { count: number }>)
      if (stock.every(({ count }) => count === 0)) return []
      last = JSON.stringify(reply.value)
    } else last = reply?.message ?? 'the acceptor died'
    await later(100)
  }
  const how = alone ? 'nobody flushed it' : 'it was flushed'
  return [{ kind: 'stuck', text: `after ${SETTLED_WITHIN_MS} ms something is still pending, though ${how}: ${last}` }]
}

export interface Standing {
  readonly families: readonly Rows[]
  readonly slots: readonly SlotRow[]
  readonly owners: readonly string[]
  readonly wide: ReadonlyMap<string, number>
}

/** What Postgres has of the run. */
export async function readDatabase(url: string, run: string, places: readonly FamilyPlace[]): Promise<Standing> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const like = `${run}%`
    const entries = await client.query('SELECT * FROM "Entry" WHERE id LIKE $1', [like])
    const cells = await client.query(
      'SELECT x, y_text AS y, trace_list AS trace, sum, count_of AS count, last, note FROM cells WHERE y_text LIKE $1',
      [like],
    )
    const byRow = new Map<string, Row>([
      ...entries.rows.map((row): [string, Row] => [row.id, rowOf(row)]),
      ...cells.rows.map((row): [string, Row] => [`${row.x},${row.y}`, rowOf(row)]),
    ])
    const slots = await client.query('SELECT * FROM "Slot" WHERE id LIKE $1', [like])
    const owners = await client.query('SELECT id FROM "Owner" WHERE id LIKE $1', [like])
    const wide = await client.query('SELECT id, count FROM "Wide" WHERE id LIKE $1', [like])
    return {
      families: places.map(({ rowIds }) => [byRow.get(rowIds[0]) ?? null, byRow.get(rowIds[1]) ?? null]),
      slots: slots.rows,
      owners: owners.rows.map(({ id }) => id),
      wide: new Map(wide.rows.map(({ id, count }) => [id, count])),
    }
  } finally {
    await client.end()
  }
}

/** What the queue says was rejected, and what is left in Redis that should be gone. */
export async function readQueue(
  redisUrl: string,
  namespace: string,
): Promise<{ rejections: Rejection[]; left: string[] }> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
  const queue = new Queue('flush', { connection: redis, prefix: `${namespace}:{bull}` })
  try {
    const jobs = await queue.getJobs(['failed', 'waiting', 'active', 'delayed', 'completed', 'prioritized'])
    const rejections = jobs.flatMap((job) => (job?.name === 'rejected' ? [job.data as Rejection] : []))
    const left: string[] = []
    for await (const keys of redis.scanStream({ match: `${namespace}:{*`, count: 500 })) {
      left.push(...(keys as string[]).filter((key) => /\{\w+#\d\}:(o:|p:|dirty$|sealed$)/.test(key)))
    }
    return { rejections, left }
  } finally {
    await queue.close()
    redis.disconnect()
  }
}

/** What a reader is answered now: the cache must be back to the truth. */
export async function readThrough(child: Child, { model, keys }: FamilyPlace): Promise<(Row | null | string)[]> {
  return await Promise.all(
    keys.map(async (key) => {
      const reply = await child.call(model, 'findUnique', { where: model === 'Cell' ? { at: key } : key })
      if (!reply?.ok) return reply?.message ?? 'the reader died'
      return reply.value === null ? null : rowOf(reply.value)
    }),
  )
}
