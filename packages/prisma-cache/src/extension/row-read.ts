import type { IndexedModel } from '../planner/model-index.js'
import { planTerms } from '../planner/read-terms.js'
import { type AskedRow, createRowQuestions, type RowQuestions } from '../planner/row-question.js'
import type { Row } from '../protocol/row-codec.js'
import type { Engine } from './operation-context.js'

/** No answer at this moment. */
export const UNANSWERED = Symbol('unanswered')

/** Reads of single rows of one model by their key, by what is known of all of them. */
export interface RowReads extends RowQuestions {
  /** The answer of a copy in the process, or `UNANSWERED`. */
  now(asked: AskedRow, operation: string): unknown
  /** Does a copy in the process stand, which may be served or not? */
  isNear(asked: AskedRow): boolean
}

/** @returns undefined for models whose rows need more than their key to be planned */
export function createRowReads(engine: Engine, model: IndexedModel): RowReads | undefined {
  const questions = createRowQuestions(engine.keys, model)
  if (!questions) return undefined
  const now = nowOf(engine, questions)
  if (!now) return { ...questions, now: () => UNANSWERED, isNear: () => false }
  return { ...questions, now, isNear: ({ entry }) => engine.near!.find(model.name, entry) !== undefined }
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
