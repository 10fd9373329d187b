import type { Finding } from '../../diagnostics/problem.js'
import type { ModelEntry } from '../policy-set.js'

export type Models = Readonly<Record<string, ModelEntry>>

/** What needs a policy and the facts of the schema together. One rule looks at one model among all. */
export type Rule = (entry: ModelEntry, models: Models) => readonly Finding[]
