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
}

/** What needs a policy and the facts of the schema together. One rule looks at one model among all. */
export type Rule = (entry: ModelEntry, models: Models) => readonly RuleFinding[]
