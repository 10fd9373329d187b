import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'

const samples: Readonly<Record<ScalarField['type'], unknown>> = {
  String: 'a',
  Boolean: true,
  Int: 1,
  BigInt: 1n,
  Float: 1.5,
  Decimal: '1.5',
  DateTime: new Date(0),
  Json: {},
  Bytes: new Uint8Array([1]),
  Enum: 'A',
  Unsupported: undefined,
}

/** A row whose key has a value of the right type: enough to have the planner plan an operation on it. */
export function sampleKey(facts: ModelFacts): Record<string, unknown> {
  return sampleFields(facts, facts.primaryKey?.fields ?? [])
}

export function sampleFields({ fields }: ModelFacts, names: readonly string[]): Record<string, unknown> {
  const chosen = fields.filter(({ name }) => names.includes(name))
  return Object.fromEntries(chosen.map((field) => [field.name, sampleOf(field)]))
}

/** The `where` that names this row by its primary key. */
export function sampleWhere(facts: ModelFacts): Record<string, unknown> {
  const { primaryKey } = facts
  const row = sampleKey(facts)
  if (primaryKey === undefined || (primaryKey.fields.length === 1 && primaryKey.name === primaryKey.fields[0]))
    return row
  return { [primaryKey.name]: row }
}

export function sampleOf({ type, nativeType }: ScalarField): unknown {
  return nativeType?.[0] === 'Uuid' ? '00000000-0000-4000-8000-000000000000' : samples[type]
}
