import type { ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { BypassReason } from '../events/events.js'
import { takeOverride } from '../planner/call-override.js'
import { readModels } from '../planner/depends-on.js'
import type { IndexedModel } from '../planner/model-index.js'
import { planRead, type ReadPlan, type RowPlan } from '../planner/plan-read.js'
import type { ReadTerms } from '../planner/read-terms.js'
import type { Route } from '../planner/route.js'
import { namedRow } from '../planner/row-id.js'
import { scopeOf } from '../planner/scope.js'
import type { Row } from '../protocol/row-codec.js'
import type { FromReplica, PendingAnswer, ReadRequest } from '../strategy/read-through.js'
import { flushAll, flushOwn, pendingModelsOf } from './flush-before.js'
import type { Engine, Operation } from './operation-context.js'
import { overlayPending } from './overlay-pending.js'
import { termsOf } from './terms-of.js'

/** One row by its key, planned already; nothing in its arguments asks for more. */
export function readRow(
  engine: Engine,
  plan: RowPlan,
  operation: Operation,
  consistency: ConsistencyClass,
  terms: ReadTerms,
): Promise<unknown> {
  const pending = consistency === 'strong' ? undefined : ofPendingRow(engine, plan, operation)
  const route = engine.routes.of(plan.model.name)
  const replica = engine.replicas && fromReplica(engine, route, operation, { plan, consistency, terms })
  return engine.reads.read({
    plan,
    operation: operation.operation,
    consistency,
    terms,
    session: engine.session(),
    ...(replica ? { replica } : {}),
    ...(pending ? { pending } : {}),
    load: (planned) => operation.query(planned ?? operation.args),
  })
}

/** One read: planned, answered from the pending row, the cache or the database. */
export async function runRead(engine: Engine, model: IndexedModel, operation: Operation): Promise<unknown> {
  const { args, override } = takeOverride(operation.args)
  const about = { model: model.name, operation: operation.operation }
  const bypass = async (reason: BypassReason) => {
    engine.events.emit('bypass', { ...about, reason })
    const models = readModels(engine.index, model, args)?.all
    await flushOwn(engine, pendingModelsOf(models ?? [model]), operation)
    try {
      return await operation.query(args)
    } finally {
      engine.horizon?.saw(
        engine.session(),
        models?.map(({ name }) => name),
      )
    }
  }
  // A transaction sees its own writes, which nobody else may see before COMMIT.
  if (operation.transaction.kind !== 'none') return bypass('transaction')
  if (override?.off) return bypass('call')
  const plan = planRead(engine.index, engine.keys, model, operation.operation, args)
  const policy = model.policy
  const route = override?.route ?? engine.routes.of(model.name)
  const asked = route.kind === 'strong' ? 'strong' : override?.consistency
  const consistency = asked ?? (policy.strategy === 'none' ? undefined : policy.consistency)
  if (plan.kind === 'bypass') {
    await flushSeen(engine, model, args, consistency, operation)
    return bypass(plan.reason)
  }
  if (policy.strategy === 'none' || consistency === undefined) return bypass('policy-none')
  if ((override?.read ?? policy.read).kind === 'none') {
    await flushSeen(engine, model, args, consistency, operation)
    return bypass('read-none')
  }
  if (
    route.kind === 'bypassAfterWrite' &&
    engine.session().wroteAt(plan.models.map(({ name }) => name)) !== undefined
  ) {
    await flushSeen(engine, model, args, consistency, operation)
    return bypass('after-write')
  }
  // A strong answer is Postgres's, with everything that anybody has accepted in it.
  const shows = route.kind === 'showPending'
  const looks = consistency !== 'strong' && (plan.kind === 'row' || !shows)
  const pending = looks ? ofPendingRow(engine, plan, operation) : undefined
  // Any other answer over a write-behind model comes from the database: for a session what it has pending there is
  // flushed first, for `strong` what anybody has.
  if (!pending && consistency === 'strong') await flushAll(engine, pendingModelsOf(plan.models), operation)
  const waits = consistency === 'session' && !shows
  if (!pending && waits) await flushOwn(engine, pendingModelsOf(plan.models), operation)
  const terms = termsOf(engine, { plan, policy, consistency, override, operation: operation.operation, args })
  const replica = engine.replicas && fromReplica(engine, route, { ...operation, args }, { plan, consistency, terms })
  const answer = await engine.reads.read({
    plan,
    operation: operation.operation,
    consistency,
    terms,
    session: engine.session(),
    ...(replica ? { replica } : {}),
    ...(pending ? { pending } : {}),
    ...(override?.near === false ? { near: false } : {}),
    load: (planned) => operation.query(planned ?? args),
  })
  const overlaid = !pending && consistency === 'eventual' && policy.strategy === 'writeBehind'
  return overlaid ? await overlayPending(engine, model, operation, answer) : answer
}

function fromReplica(
  engine: Engine,
  route: Route,
  { operation, args }: Operation,
  { plan, consistency, terms }: Pick<ReadRequest, 'plan' | 'consistency' | 'terms'>,
): FromReplica | undefined {
  const { model, models, tags } = plan
  const session = engine.session()
  return engine.replicas?.from({ model, models, tags, operation, consistency, terms, route, session }, args)
}

/**
 * Before an answer that can only be Postgres's though another question of the same row may be answered by what is
 * pending: for `strong` whatever anybody has pending is applied, else what is pending on that row, by whomever, or a
 * session would see it and then not.
 */
async function flushSeen(
  engine: Engine,
  model: IndexedModel,
  args: unknown,
  consistency: ConsistencyClass | undefined,
  operation: Operation,
): Promise<void> {
  if (consistency === 'strong') {
    const models = readModels(engine.index, model, args)?.all ?? [model]
    return await flushAll(engine, pendingModelsOf(models), operation)
  }
  if (model.policy.strategy !== 'writeBehind') return
  const row = namedRow(model.facts, (args as { where?: unknown } | undefined)?.where)
  if (row === undefined) return
  await engine.link.settled()
  const pending = await engine.writeBehind.readRow(model, row)
  if (typeof pending === 'object') await engine.writeBehind.flushRow(model, row)
}

/** What is pending on the row that is asked for, where there can be any. */
function ofPendingRow(
  engine: Engine,
  plan: Exclude<ReadPlan, { kind: 'bypass' }>,
  { operation }: Operation,
): (() => Promise<PendingAnswer>) | undefined {
  const [tag] = plan.tags
  if (tag?.kind !== 'row' || plan.model.policy.strategy !== 'writeBehind' || plan.models.length > 1) return undefined
  return async () => {
    const pending = await engine.writeBehind.readRow(plan.model, tag.row)
    if (typeof pending === 'string') return pending
    if (plan.kind === 'row' && servesPending(plan, pending.row, operation)) return pending
    // Only Prisma can make this answer: the error of a row that is deleted, a selection with `omit`, or a row that is not
    // of the scope that is asked for. What is pending goes first.
    await engine.writeBehind.flushRow(plan.model, tag.row)
    return 'flushed'
  }
}

export function servesPending({ model, scope }: RowPlan, row: Row | null, operation: string): boolean {
  if (model.scope.length > 0) return row !== null && scopeOf(model, row) === scope
  return row !== null || !operation.endsWith('OrThrow')
}
