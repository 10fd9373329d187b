import type { ModelFacts, PolicySet, RelationField } from '@prisma-cache/policy-dsl'

/** Relations to models whose class is not `strong`: no `strong` answer that touches them is cached. */
export function weakerRelations(policies: PolicySet, facts: ModelFacts): readonly RelationField[] {
  return facts.relations.filter(({ model }) => {
    const other = policies.models[model]?.policy
    return other === undefined || other.strategy === 'none' || other.consistency !== 'strong'
  })
}

/** `customer (Customer)`. */
export function relationName({ name, model }: RelationField): string {
  return name === model ? name : `${name} (${model})`
}
