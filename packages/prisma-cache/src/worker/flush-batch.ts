import { createHash } from 'node:crypto'
import { fieldRules } from '../planner/field-policies.js'
import { rowEntryOf, scopeOf } from '../planner/scope.js'
import type { RejectedChange } from '../queue/change.js'
import { type DropStamps, dropBatch } from '../queue/drop.js'
import { REJECTED_JOB } from '../queue/flush-queue.js'
import type { SealedBatch } from '../queue/seal.js'
import { ensureVersions } from '../store/ensure-versions.js'
import { touch } from '../store/publish.js'
import { readAll } from '../store/read-all.js'
import type { WorkerContext } from './context.js'
import { recordFlushed } from './record-flushed.js'
import { flushPolicyOf, ledgerShardOf } from './shards.js'

/** Applies a sealed batch and drops it. May be done again at any point, by any worker. */
export async function flushBatch(context: WorkerContext, batch: SealedBatch, queueEpoch: number): Promise<void> {
  const { link, road, events, neighbours } = context
  const entry = context.policies.models[batch.model]!
  const rules = fieldRules(entry)
  const started = performance.now()
  const stamps = await readStamps(context, batch)
  const applied = await road.apply(batch, {
    ledgerShard: ledgerShardOf(link.keys.namespace, batch),
    queueEpoch,
    timeoutMs: context.transactionTimeoutMs,
    quotesRows: rules.omitted.size === 0,
    beforeReject: (refused) => neighbours.beforeReject(batch, refused),
  })
  neighbours.settled(batch)
  // Before the drop: a list that is served now may not know these rows, and until the drop the pending ones make up for it.
  await touch(link, [{ kind: 'table', model: batch.model }])
  await keepRejected(context, batch, applied.rejected)
  const { lifeMs } = flushPolicyOf(context.policies, batch.model)
  const dropped = await dropBatch(batch, applied, stamps, {
    redis: link.redis,
    keys: link.keys,
    facts: rules.kept,
    lifeMs,
    entryOf(row, values) {
      const scope = scopeOf(rules, values)
      return scope === undefined ? undefined : rowEntryOf(link.keys, { ...rules, name: batch.model }, row, scope)
    },
  })
  await recordFlushed(context, batch)
  if (dropped === 0) return // another worker has done it, and said so
  events.emit('flush', {
    model: batch.model,
    shard: batch.shard,
    rows: dropped,
    rejected: applied.rejected.length,
    ms: performance.now() - started,
  })
  for (const rejected of applied.rejected) {
    events.emit('reject', { model: rejected.model, row: rejected.row, error: rejected.error })
    context.onRejected(rejected)
  }
}

async function readStamps({ link }: WorkerContext, { model, rows }: SealedBatch): Promise<DropStamps> {
  const tags = rows.map(({ row }) => ({ kind: 'row', model, row }) as const)
  const [[epoch, quarantine], [wideVersion, ...versions]] = await Promise.all([
    readAll(link, [link.keys.epoch, link.keys.quarantine]),
    ensureVersions(link, [{ kind: 'wide', model }, ...tags], []),
  ])
  return {
    epoch: epoch ?? '',
    wideVersion: wideVersion!,
    rowVersions: new Map(rows.map(({ row }, i) => [row, versions[i]!])),
    mayPut: Boolean(epoch) && !quarantine,
  }
}

/** As failed jobs, for whoever looks at the queue. Named by the batch, so that trying again adds none. */
async function keepRejected(
  { queue }: WorkerContext,
  { model, shard, name }: SealedBatch,
  rejected: readonly RejectedChange[],
): Promise<void> {
  await Promise.all(
    rejected.map((change) => {
      const digest = createHash('sha1')
        .update(JSON.stringify([model, shard, name, change.row]))
        .digest('hex')
      return queue.add(REJECTED_JOB, change, { jobId: `${REJECTED_JOB}-${digest}`, attempts: 1, removeOnFail: false })
    }),
  )
}
