import type { BypassReason } from '../events/events.js'
import type { Keys } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import type { Tag } from '../protocol/tag.js'
import { questionDigest } from './cache-key.js'
import { isBlind, readModels } from './depends-on.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { holdsOmitted, meetsOmitted } from './omitted-fields.js'
import { type Projection, planProjection, withoutSelection } from './projection.js'
import { readTags, rowTags } from './read-tags.js'
import { pinnedRow, spellingOf } from './row-id.js'
import { isUnscoped, pinnedScope, rowEntryOf, withoutScope } from './scope.js'

/** One whole row by primary key, shared by every question that asks for its scalars only. */
export interface RowPlan {
  readonly kind: 'row'
  readonly model: IndexedModel
  readonly row: string
  readonly entry: string
  readonly tags: readonly Tag[]
  readonly models: readonly IndexedModel[]
  /** What is sent to Prisma instead of the caller's arguments. */
  readonly args: unknown
  project(row: Row): Row
  /** Of a scoped model: the scope that the question pins, by which the row must be. */
  readonly scope: string
}

/** Any other answer, kept as Prisma gave it. */
export interface AnswerPlan {
  readonly kind: 'answer'
  readonly model: IndexedModel
  readonly entry: string
  readonly tags: readonly Tag[]
  readonly models: readonly IndexedModel[]
  /** May this answer leave the process? */
  mayKeep(answer: unknown): boolean
  /** Is "no such row" certain? Not of a key that the database may spell otherwise. */
  readonly mayKeepNone: boolean
}

export type ReadPlan = RowPlan | AnswerPlan | { readonly kind: 'bypass'; readonly reason: BypassReason }

const BY_UNIQUE = new Set(['findUnique', 'findUniqueOrThrow'])
/** A shared row answers many questions, so that its entry does not show that Prisma accepts this one. */
const OF_ROW = new Set(['where', 'select', 'include', 'omit'])

export function planRead(
  index: ModelIndex,
  keys: Keys,
  model: IndexedModel,
  operation: string,
  args: unknown,
): ReadPlan {
  if (model.policy.strategy === 'none') return { kind: 'bypass', reason: 'policy-none' }
  const found = readModels(index, model, args)
  if (!found) return { kind: 'bypass', reason: 'uncacheable-arguments' }
  const models = found.all
  if (models.some(isBlind)) return { kind: 'bypass', reason: 'view' }
  if (meetsOmitted(index, model, operation, args)) return { kind: 'bypass', reason: 'omitted-field' }
  if (isUnscoped(index, model, args, found.hidden)) return { kind: 'bypass', reason: 'unscoped' }
  const given = (args ?? {}) as Record<string, unknown>
  const spelling = BY_UNIQUE.has(operation) ? spellingOf(model.facts, given.where) : 'stored'
  if (spelling === 'other') return { kind: 'bypass', reason: 'uncacheable-arguments' }
  const mayShare =
    BY_UNIQUE.has(operation) &&
    found.named.length === 1 &&
    found.hidden.length === 0 &&
    Object.keys(given).every((name) => OF_ROW.has(name))
  const row = mayShare ? pinnedRow(model.facts, withoutScope(model, given.where)) : undefined
  const scope = pinnedScope(model, given.where)
  if (row !== undefined && scope !== undefined) {
    const projection = planProjection(model.kept, given, model.clientOmit)
    if (projection.kind === 'scalars') {
      const { where, ...rest } = withoutSelection(given)
      const entry = rowEntryOf(keys, model, row, scope)
      return rowPlan({ model, models, row, entry, projection, where, rest, scope })
    }
  }
  const digest = questionDigest(operation, args, models)
  if (digest === undefined) return { kind: 'bypass', reason: 'uncacheable-arguments' }
  const tags = readTags(index, model, operation, args, found)
  return {
    kind: 'answer',
    model,
    entry: keys.answerEntry(model.name, digest),
    tags,
    models,
    mayKeep: (answer) => !holdsOmitted(index, model, answer),
    mayKeepNone: spelling === 'stored',
  }
}

interface RowParts extends Pick<RowPlan, 'model' | 'models' | 'row' | 'entry' | 'scope'> {
  readonly projection: Extract<Projection, { kind: 'scalars' }>
  readonly where: unknown
  /** Other arguments that Prisma is to have. */
  readonly rest: object
}

export function rowPlan({ model, models, row, entry, projection, where, rest, scope }: RowParts): RowPlan {
  return {
    kind: 'row',
    model,
    row,
    entry,
    tags: rowTags(model.name, row),
    models,
    args: { where, ...rest, select: model.wholeRow },
    project: projection.project,
    scope,
  }
}
