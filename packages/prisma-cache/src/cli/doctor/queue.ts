import type { PolicySet } from '@prisma-cache/policy-dsl'
import { lowestPending, readFlushState } from '../../queue/flush-state.js'
import { createFlushJobs } from '../../queue/flusher-jobs.js'
import { allShards } from '../../queue/flusher-rejections.js'
import { LEDGER_TABLE, type RawQueries } from '../../queue/ledger.js'
import { serverIdentity } from '../../store/server-identity.js'
import { type OpenQueue, queuedModels } from '../queue/open-queue.js'
import { ageText } from '../queue/pending.js'
import { counted } from '../text/words.js'
import { type Finding, ok, problem, warning } from './finding.js'

/** Does what is accepted get to Postgres? @param database undefined where it cannot be asked */
export async function examineQueue(queue: OpenQueue, database: RawQueries | undefined): Promise<Finding[]> {
  const models = queuedModels(queue.policies, undefined)
  if (models.length === 0) return []
  const stock = await queue.flusher.pending(models)
  const waiting = Object.values(stock).reduce((sum, { count }) => sum + count, 0)
  const jobs = createFlushJobs(queue.keys, queue.redisUrl)
  try {
    const workers = await jobs.countWorkers()
    const failures = waiting > 0 ? await failuresOf(queue, models, jobs.lastFailure) : []
    return [
      workersFinding(workers, waiting),
      ...models.map((model) => stockFinding(queue.policies, model, stock[model]!)),
      ...failures,
      ...models.flatMap((model) => rejectedFinding(model, stock[model]!.rejectedKept)),
      ...(await epochFinding(queue, database)),
    ]
  } finally {
    await jobs.close()
  }
}

function workersFinding(workers: number | undefined, waiting: number): Finding {
  const start = 'start one: `npx prisma-cache worker`, or `startFlushWorker` of prisma-cache/worker'
  if (workers === undefined) return warning('queue', 'Redis does not tell how many flush workers are connected', start)
  if (workers > 0) return ok('queue', `${counted(workers, 'flush worker')} connected`)
  const text = 'no flush worker is connected'
  return waiting > 0
    ? problem('queue', `${text}, and ${counted(waiting, 'row')} wait for one`, start)
    : warning('queue', text, start)
}

/** Of a queue that is flushed nothing waits much longer than its window. */
const LATE_MS = 10_000
const NEARLY = 0.8

function stockFinding(
  policies: PolicySet,
  model: string,
  { count, oldestAgeMs, flushedPerSecond }: { count: number; oldestAgeMs: number; flushedPerSecond: number },
): Finding {
  const { policy } = policies.models[model]!
  if (policy.strategy !== 'writeBehind') throw new Error(`${model} is not written behind`)
  const age = count === 0 ? '' : `, the oldest for ${ageText(oldestAgeMs)}`
  const text = `${model}: ${counted(count, 'row')} pending${age}; ${flushedPerSecond.toFixed(1)} flushed a second`
  if (count > policy.maxPending * NEARLY) {
    return problem(
      'queue',
      `${text}; maxPending is ${policy.maxPending}`,
      `see that the worker keeps up; when it is full, onFull: ${policy.onFull}`,
    )
  }
  if (oldestAgeMs > policy.flushEvery + LATE_MS) {
    return warning('queue', `${text}, though flushEvery is ${ageText(policy.flushEvery)}`, 'see what the worker says')
  }
  return ok('queue', text)
}

async function failuresOf(
  { redis, keys }: OpenQueue,
  models: readonly string[],
  lastFailure: (model: string, shard: number) => Promise<string | undefined>,
): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [model, shard] of allShards(models)) {
    const state = await readFlushState(redis, keys, model, shard)
    if (lowestPending(state) > state.sequence) continue
    const failure = await lastFailure(model, shard).catch(() => undefined)
    if (failure === undefined) continue
    const next = 'it is tried again for as long as it takes; mend what it says'
    found.push(
      problem('queue', `${model}.${shard}: the last attempt to flush it failed: ${failure.replace(/\s+/g, ' ')}`, next),
    )
  }
  return found
}

function rejectedFinding(model: string, kept: number): Finding[] {
  if (kept === 0) return []
  const next = '`prisma-cache rejected list` shows them; `retry` or `drop` them'
  return [warning('queue', `${model}: ${counted(kept, 'rejected write')} kept`, next)]
}

/** Does the queue's epoch name this server, and is the ledger not past it? */
async function epochFinding({ redis, keys }: OpenQueue, database: RawQueries | undefined): Promise<Finding[]> {
  const standing = (await redis.get(keys.queueEpoch)) ?? undefined
  if (standing === undefined) return []
  const at = standing.indexOf('@')
  const [epoch, identity] = [Number(standing.slice(0, at)), standing.slice(at + 1)]
  const found: Finding[] = []
  if (identity !== (await serverIdentity(redis))) {
    const next = 'nothing, if a failover or a restart was meant: the next flush draws a new epoch'
    found.push(
      warning('queue', `queue epoch ${epoch} was drawn on another server, or before a restart of this one`, next),
    )
  }
  const past = await database
    ?.$queryRawUnsafe<{ epoch: string }[]>(
      `SELECT max(epoch)::text AS epoch FROM ${LEDGER_TABLE} WHERE starts_with(shard, $1)`,
      `${keys.namespace}:`,
    )
    .catch(() => undefined)
  const applied = Number(past?.[0]?.epoch ?? 0)
  if (applied > epoch) {
    const text = `the ledger is at queue epoch ${applied}, past this Redis' ${epoch}: another Redis with the namespace ${keys.namespace} writes to this database, or this one is no longer the master`
    found.push(problem('queue', text, 'give each Redis its own namespace, or point the worker at the master'))
  }
  return found.length > 0 ? found : [ok('queue', `queue epoch ${epoch} is of this server`)]
}
