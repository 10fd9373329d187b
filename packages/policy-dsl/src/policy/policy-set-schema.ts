import { z } from 'zod'
import { maxReplicas } from '../grammar/durability.js'
import { milliseconds } from '../grammar/duration.js'
import { nearLimits } from '../grammar/near.js'
import { fractionLimits, maxStaleWindow } from '../grammar/read-mode.js'
import { columnRules, consistencyClasses, limits, whenFull } from '../grammar/strategies.js'

const actions = ['Cascade', 'Restrict', 'NoAction', 'SetNull', 'SetDefault'] as const
const scalarTypes = [
  ...['String', 'Boolean', 'Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'Json', 'Bytes', 'Enum', 'Unsupported'],
] as const

const name = z.string().min(1)
const names = z.array(name)
const durationUpTo = (max: number) => z.number().int().min(1).max(max)

const read = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('readThrough') }),
  z.strictObject({
    kind: z.literal('refreshAhead'),
    fraction: z.number().min(fractionLimits.min).max(fractionLimits.max),
  }),
  z.strictObject({ kind: z.literal('staleWhileRevalidate'), windowMs: durationUpTo(milliseconds(maxStaleWindow)!) }),
  z.strictObject({ kind: z.literal('none') }),
])

const near = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({
    kind: z.literal('on'),
    max: z.number().int().min(1).max(nearLimits.max),
    ttlMs: durationUpTo(milliseconds(nearLimits.ttl)!),
  }),
])

const reading = {
  ttl: z.union([z.literal('auto'), durationUpTo(milliseconds(limits.ttl)!)]),
  consistency: z.enum(consistencyClasses),
  read,
  near,
  negativeTtl: durationUpTo(milliseconds(limits.negativeTtl)!),
  narrowBy: z.union([z.literal('auto'), names]),
  columns: z.enum(columnRules),
  dependsOn: names,
}
const caching = { ...reading, onCacheDown: z.enum(['bypass', 'reject']) }

const durability = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('memory') }),
  z.strictObject({ kind: z.literal('fsync') }),
  z.strictObject({ kind: z.literal('replicated'), replicas: z.number().int().min(1).max(maxReplicas) }),
])

const policy = z.discriminatedUnion('strategy', [
  z.strictObject({ strategy: z.literal('none') }),
  z.strictObject({ strategy: z.literal('writeThrough'), ...caching }),
  z.strictObject({ strategy: z.literal('writeAround'), ...caching }),
  z.strictObject({ strategy: z.literal('invalidate'), ...caching }),
  z.strictObject({
    strategy: z.literal('writeBehind'),
    ...reading,
    consistency: z.enum(['eventual', 'session']),
    onCacheDown: z.literal('reject'),
    flushEvery: durationUpTo(milliseconds(limits.flushEvery)!),
    maxBatch: z.number().int().min(1).max(limits.maxBatch),
    durability,
    maxPending: z.number().int().min(1).max(limits.maxPending),
    onFull: z.enum(whenFull),
    creates: z.enum(['accept', 'writeThrough']),
    increments: z.enum(['delta', 'absolute']),
  }),
])

const fieldPolicies = z.strictObject({ version: name.optional(), omit: names, scope: names })

const defaultMaker = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('client'),
    fn: z.enum(['uuid', 'cuid', 'ulid', 'nanoid', 'now']),
    args: z.array(z.union([z.string(), z.number()])),
  }),
  z.strictObject({ by: z.literal('literal'), value: z.unknown() }),
  z.strictObject({ by: z.literal('database') }),
])

const scalarField = z.strictObject({
  name,
  dbName: name,
  type: z.enum(scalarTypes),
  enumName: name.optional(),
  list: z.boolean(),
  nullable: z.boolean(),
  updatedAt: z.boolean(),
  default: defaultMaker.optional(),
  nativeType: z.tuple([z.string(), z.array(z.string())]).optional(),
})

const relationField = z.strictObject({
  name,
  model: name,
  relationName: z.string(),
  list: z.boolean(),
  nullable: z.boolean(),
  from: names,
  to: names,
  onDelete: z.enum(actions).optional(),
  onUpdate: z.enum(actions).optional(),
})

const uniqueKey = z.strictObject({ name, fields: names.min(1) })

const modelFacts = z.strictObject({
  name,
  dbName: name,
  dbSchema: name.optional(),
  fields: z.array(scalarField),
  relations: z.array(relationField),
  primaryKey: uniqueKey.optional(),
  uniques: z.array(uniqueKey),
  indexes: z.array(names.min(1)),
  isView: z.boolean(),
  shapeHash: z.string().regex(/^[0-9a-f]{12}$/),
})

/** The shape of a policy set; what has to agree across it is checked by `findDisagreements`. */
export const policySetSchema = z.strictObject({
  formatVersion: z.literal(1),
  models: z.record(name, z.strictObject({ policy, fieldPolicies: fieldPolicies.optional(), facts: modelFacts })),
  enums: z.record(name, z.strictObject({ values: z.record(z.string(), z.string()), dbName: name })),
})
