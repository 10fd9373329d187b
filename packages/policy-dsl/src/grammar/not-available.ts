import type { Finding } from '../diagnostics/problem.js'

/**
 * Words of the full language that this version does not act on. They are refused by name: silently doing less than a
 * schema says would break a promise, and calling them unknown would send people looking for a typo.
 */
export const argumentsNotAvailable: readonly string[] = []

export const fieldAnnotationsNotAvailable: readonly string[] = []

export function notAvailable(word: string, nextStep = 'leave it out'): Finding {
  const message = `\`${word}\` is part of the language but not available in this version`
  return { code: 'PC2112', message, label: nextStep }
}
