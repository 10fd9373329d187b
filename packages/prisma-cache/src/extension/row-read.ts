import type { IndexedModel } from '../planner/model-index.js'
import type { RowPlan } from '../planner/plan-read.js'
import { planTerms } from '../planner/read-terms.js'
import { type AskedRow, createRowQuestions, type RowQuestions } from '../planner/row-question.js'
import type { Row } from '../protocol/row-codec.js'
import type { Engine, Operation } from './operation-context.js'
import { readRow } from './run-read.js'
import { termsOf } from './terms-of.js'

/** No answer at this moment. */
export const UNANSWERED = Symbol('unanswered')

/** Reads of single rows of one model by their key, by what is known of all of them. */
export interface RowReads extends RowQuestions {
  /** The answer of a copy in the process, or `UNANSWERED`. */
  now(asked: AskedRow, operation: string): unknown
  /** The answer of the pending row, the cache or the database. */
  answer(plan: RowPlan, operation: Operation): Promise<unknown>
}

/** @returns undefined for models whose rows need more than their key to be planned */
export function createRowReads(engine: Engine, model: IndexedModel): RowReads | undefined {
  const questions = createRowQuestions(engine.keys, model)
  if (!questions) return undefined
  return { ...questions, now: nowOf(engine, questions) ?? (() => UNANSWERED), answer: answerOf(engine, questions) }
}

function answerOf(engine: Engine, { model, consistency }: RowQuestions): RowReads['answer'] {
  const { policy } = model
  if (policy.strategy === 'none') throw new TypeError('rows of a model that is not cached are not planned')
  const fixed = policy.ttl === 'auto' ? undefined : planTerms(policy, consistency, undefined)
  return (plan, operation) => {
    const asked = { plan, policy, consistency, override: undefined, operation: operation.operation, args: undefined }
    return readRow(engine, plan, operation, consistency, fixed ?? termsOf(engine, asked))
  }
}

function nowOf(engine: Engine, { model, consistency }: RowQuestions): RowReads['now'] | undefined {
  const { nearReads, events } = engine
  const { name, policy } = model
  // A learned ttl is another one for each question.
  if (!nearReads || policy.strategy === 'none' || policy.near.kind === 'off' || policy.ttl === 'auto') return undefined
  if (consistency === 'strong') return undefined
  const terms = planTerms(policy, consistency, undefined)
  const models = [name]
  const copying = new WeakMap<object, (row: Row) => Row>()
  return ({ entry, projection }, operation) => {
    const shared = nearReads.sharedRow({ model, models, entry, terms, consistency, session: engine.session() })
    if (!shared) return UNANSWERED
    if (shared.row === null && operation === 'findUniqueOrThrow') return UNANSWERED // Prisma's own error
    events.emit('hit', { model: name, operation, key: entry, source: 'near', age: 'fresh' })
    if (shared.row === null) return null
    const copy = copying.get(projection) ?? model.codec.copying(projection.names)
    copying.set(projection, copy)
    return copy(shared.row)
  }
}
