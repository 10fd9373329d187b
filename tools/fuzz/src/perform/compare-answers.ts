import { canonicalAnswer } from '../compare/answer.js'
import type { Call } from '../operation.js'
import type { Models } from '../schema/models.js'
import { callOn, type DynamicClient } from './client.js'
import type { Mismatch } from './mismatch.js'
import { outcomeOf } from './outcome.js'
import { spoil } from './spoil.js'

/** What comparing at rest came to. */
export interface Compared {
  /** Reads of the cached clients that were compared. */
  readonly reads: number
  readonly mismatch: Mismatch | undefined
}

/** One question, asked of a plain client and of a cached one over the same database: every value counts. */
export async function answersOf(
  models: Models,
  call: Call,
  truth: DynamicClient,
  cached: DynamicClient,
): Promise<{ readonly expected: string; readonly actual: string }> {
  const ask = async (client: DynamicClient) => {
    const outcome = await outcomeOf(() => callOn(client, call.model, call.operation, call.args))
    if (outcome.kind === 'error') return `${outcome.name} ${outcome.code ?? ''}`
    const text = canonicalAnswer(models, call, outcome.value, {})
    spoil(outcome.value)
    return text
  }
  const [expected, actual] = await Promise.all([ask(truth), ask(cached)])
  return { expected, actual }
}
