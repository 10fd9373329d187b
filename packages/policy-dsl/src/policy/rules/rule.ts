import type { Finding } from '../../diagnostics/problem.js'
import type { FieldAnnotation } from '../../grammar/field-annotations.js'
import type { ModelEntry } from '../policy-set.js'

export type Models = Readonly<Record<string, ModelEntry>>

/** What of a model's policy a finding is about; absent: the strategy. */
export type About =
  | { readonly kind: 'argument'; readonly name: string /** One of a list. */; readonly item?: string }
  | { readonly kind: 'field'; readonly word: FieldAnnotation; readonly field: string }

export interface RuleFinding extends Finding {
  readonly about?: About
  /** Arguments that would take it away: where one of them is wrong, nobody knows whether it holds. */
  readonly unless?: readonly string[]
}

export interface Surroundings {
  /** Models that Prisma Client does not have because they are `@@ignore`d. */
  readonly ignored: readonly string[]
  /** Of a model: arguments of which nobody knows what was meant, or `all` of them. */
  readonly unsure: ReadonlyMap<string, readonly string[] | 'all'>
}

/** What needs a policy and the facts of the schema together. One rule looks at one model among all. */
export type Rule = (entry: ModelEntry, models: Models, surroundings: Surroundings) => readonly RuleFinding[]
