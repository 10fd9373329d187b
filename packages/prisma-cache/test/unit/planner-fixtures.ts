import {
  type ModelEntry,
  type ModelFacts,
  type PolicySet,
  type RelationField,
  resolvePolicy,
  type ScalarField,
} from '@prisma-cache/policy-dsl'

/** A model by hand: scalars as `name: type`, relations as given. */
export function modelEntry(
  name: string,
  scalars: Record<string, ScalarField['type']>,
  relations: readonly Partial<RelationField>[] = [],
  policy: ModelEntry['policy'] = resolvePolicy('invalidate', { ttl: 1000 }),
): ModelEntry {
  const facts: ModelFacts = {
    name,
    dbName: name,
    fields: Object.entries(scalars).map(([field, type]) => ({
      name: field,
      dbName: field,
      type,
      list: false,
      nullable: false,
      updatedAt: false,
    })),
    relations: relations.map((relation) => ({
      name: 'other',
      model: 'Other',
      relationName: 'rel',
      list: false,
      nullable: true,
      from: [],
      to: [],
      ...relation,
    })),
    primaryKey: { name: 'id', fields: ['id'] },
    uniques: [],
    indexes: [],
    isView: false,
    shapeHash: '000000000000',
  }
  return { policy, facts }
}

export function policySet(...entries: readonly ModelEntry[]): PolicySet {
  return { formatVersion: 1, models: Object.fromEntries(entries.map((entry) => [entry.facts.name, entry])), enums: {} }
}
