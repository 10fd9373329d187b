import type { Row } from '../protocol/row-codec.js'
import type { IndexedModel, ModelIndex } from './model-index.js'
import { keyText } from './narrow-fields.js'
import { planWrite } from './plan-write.js'
import type { WritePlan } from './write-plan.js'

/**
 * An update, and before it the same one on the condition that the fields it sets were what `believed` says. Prisma sends
 * an update's `where` in the UPDATE itself, and Postgres judges it under the lock of the row: `believed` may come from
 * anywhere, and be as old as it likes.
 */
export function guardUpdate(
  index: ModelIndex,
  model: IndexedModel,
  args: unknown,
  plan: WritePlan,
  believed: Row,
): WritePlan {
  const { where, ...rest } = args as { where: Record<string, unknown> }
  const condition = Object.fromEntries(
    (plan.lost ?? []).flatMap((field) => {
      const value = believed[field.name]
      return keyText(field, value) === undefined ? [] : [[field.name, value]]
    }),
  )
  if (Object.keys(condition).length === 0) return plan
  const { AND: also = [] } = where
  const guarded = { ...rest, where: { ...where, AND: [...(Array.isArray(also) ? also : [also]), condition] } }
  return { ...plan, guarded: planWrite(index, model, 'update', guarded) }
}
