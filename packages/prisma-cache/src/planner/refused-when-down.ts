import type { IndexedModel } from './model-index.js'

/** Of the models that a write may touch, whichever way it reaches them, the first that says `onCacheDown: reject`. */
export function refusedWhenDown(models: readonly IndexedModel[]): string | undefined {
  return models.find(({ policy }) => policy.strategy !== 'none' && policy.onCacheDown === 'reject')?.name
}
