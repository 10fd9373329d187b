import type { IndexedModel, ModelIndex } from './model-index.js'
import { flattenConnects } from './plain-connects.js'
import { planCreateMany } from './plan-create-many.js'
import { planOneRow } from './plan-one-row.js'
import { planEverything, planWide } from './plan-wide.js'
import type { WritePlan } from './write-plan.js'
import { nestedModels } from './written-models.js'

const ONE_ROW = new Set(['create', 'update', 'upsert', 'delete'])

export function planWrite(index: ModelIndex, model: IndexedModel, operation: string, args: unknown): WritePlan {
  const given = (args ?? {}) as Record<string, unknown>
  if (operation === 'createMany' || operation === 'createManyAndReturn') return planCreateMany(model, operation, given)
  const data = [given.data, given.create, given.update].map((part) => flattenConnects(index, model, part).rest)
  const nested = nestedModels(index, model, data)
  if (!nested) return planEverything(index, model.name, args)
  if (nested.size > 0 || !ONE_ROW.has(operation)) return planWide(index, model, operation, given, nested)
  return planOneRow(index, model, operation, given)
}
