import type { ModelEntry } from '@prisma-cache/policy-dsl'
import { dependencies } from './dependencies.js'
import type { IndexedModel, ModelIndex } from './model-index.js'

/** Every model that an answer depends on: those that the arguments reach, and those that change what these hold. */
export interface ReadModels {
  readonly named: readonly IndexedModel[]
  /** By `dependsOn`, over any number of steps: nobody knows which of their writes change what, so every one counts. */
  readonly hidden: readonly IndexedModel[]
  readonly all: readonly IndexedModel[]
}

/** @returns undefined when the arguments, or a `dependsOn`, name what is not known here */
export function readModels(index: ModelIndex, model: IndexedModel, args: unknown): ReadModels | undefined {
  const named = dependencies(index, model, args)
  const hidden = named && hiddenBehind(index, named)
  return hidden && { named, hidden, all: [...new Set([...named, ...hidden])] }
}

function hiddenBehind(index: ModelIndex, models: readonly IndexedModel[]): IndexedModel[] | undefined {
  const hidden = new Set<IndexedModel>()
  const rest = [...models]
  for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
    for (const name of dependsOn(at)) {
      const other = index.get(name)
      if (!other) return undefined
      if (hidden.has(other)) continue
      hidden.add(other)
      rest.push(other)
    }
  }
  return [...hidden]
}

/** Which writes change a view is only known where its policy says so. */
export function isBlind(entry: Pick<ModelEntry, 'facts' | 'policy'>): boolean {
  return entry.facts.isView && standsAlone(entry)
}

/**
 * Do the tags of a row say all that may change it? Else no row of the model is shared, put or accepted: an entry under
 * these tags alone would outlive a change.
 */
export function standsAlone({ policy }: Pick<ModelEntry, 'policy'>): boolean {
  return policy.strategy === 'none' || policy.dependsOn.length === 0
}

function dependsOn({ policy }: IndexedModel): readonly string[] {
  return policy.strategy === 'none' ? [] : policy.dependsOn
}
