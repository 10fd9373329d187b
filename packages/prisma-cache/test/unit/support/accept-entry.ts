import { type ModelEntry, type ModelFacts, resolvePolicy, type ScalarField } from '@prisma-cache/policy-dsl'
import type { ValueMakers } from '../../../src/planner/client-defaults.js'
import { type AcceptPlan, planAccept } from '../../../src/planner/plan-accept.js'

export const now = new Date('2026-01-02T03:04:05.678Z')
export const makers: ValueMakers = {
  now: () => new Date(now),
  uuid: (version) => `00000000-0000-${version}000-8000-000000000000`,
  cuid: (version) => `cuid${version}`,
  ulid: () => 'ulid',
  nanoid: (length) => 'n'.repeat(length ?? 21),
}
const enums = { Tier: { dbName: 'Tier', values: { FREE: 'FREE', PAID: 'paid_tier' } } }

export function field(name: string, type: ScalarField['type'], more: Partial<ScalarField> = {}): ScalarField {
  return { name, dbName: name, type, list: false, nullable: true, updatedAt: false, ...more }
}

export const id = field('id', 'String', { nullable: false })
export const policy = resolvePolicy('writeBehind', { ttl: 1000, maxBatch: 100 })

export function model(fields: readonly ScalarField[], more: Partial<ModelFacts> = {}): ModelEntry {
  const facts: ModelFacts = {
    name: 'Thing',
    dbName: 'Thing',
    fields: [id, ...fields],
    relations: [],
    primaryKey: { name: 'id', fields: ['id'] },
    uniques: [],
    indexes: [],
    isView: false,
    shapeHash: '0'.repeat(12),
    ...more,
  }
  return { policy, facts }
}

const decide = (entry: ModelEntry, operation: string, args: unknown) =>
  planAccept(entry, operation, args, { enums, makers })

export function accepted<O extends AcceptPlan['operation']>(
  entry: ModelEntry,
  operation: O,
  args: unknown,
): Extract<AcceptPlan, { operation: O }> {
  const decision = decide(entry, operation, args)
  if (decision.kind === 'direct') throw new Error(`direct: ${decision.reason}`)
  return decision.plan as Extract<AcceptPlan, { operation: O }>
}

export const reasonOf = (entry: ModelEntry, operation: string, args: unknown) => {
  const decision = decide(entry, operation, args)
  return decision.kind === 'direct' ? decision.reason : 'accepted'
}

export const update = (data: unknown) => ({ where: { id: 'a' }, data })
