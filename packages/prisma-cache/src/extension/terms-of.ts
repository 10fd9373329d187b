import type { CachingPolicy, ConsistencyClass } from '@prisma-cache/policy-dsl'
import { argumentShape } from '../planner/argument-shape.js'
import type { CallOverride } from '../planner/call-override.js'
import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import { planTerms, type ReadTerms } from '../planner/read-terms.js'
import type { Engine } from './operation-context.js'

export interface Asked {
  readonly plan: RowPlan | AnswerPlan
  readonly policy: CachingPolicy
  readonly consistency: ConsistencyClass
  readonly override: Exclude<CallOverride, { readonly off: true }> | undefined
  readonly operation: string
  readonly args: unknown
}

/** For how long the read believes an entry, as its policy and the call say, or as was learned. */
export function termsOf(engine: Engine, { plan, policy, consistency, override, operation, args }: Asked): ReadTerms {
  const learns =
    policy.ttl === 'auto' ? engine.reads.learns(plan.model.name, () => argumentShape(plan, operation, args)) : undefined
  return planTerms(policy, consistency, override, learns)
}
