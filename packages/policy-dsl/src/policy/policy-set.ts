/**
 * What the generator writes, the TypeScript twin builds and the extension reads: the policies of every model, and
 * the facts about each model that planning needs. Plain JSON-like data, frozen once parsed.
 */

export type StrategyName = 'writeThrough' | 'writeBehind' | 'writeAround' | 'invalidate' | 'none'
export type ConsistencyClass = 'eventual' | 'session' | 'strong'

/** How durable an accepted write-behind write is before the caller gets its answer. */
export type Durability =
  | { readonly kind: 'memory' }
  | { readonly kind: 'fsync' }
  | { readonly kind: 'replicated'; readonly replicas: number }

interface PolicyOf<S extends StrategyName> {
  readonly strategy: S
}

/** How a read uses the cache. */
export type ReadMode =
  | { readonly kind: 'readThrough' }
  /** As `readThrough`; past this part of its ttl an entry that is read is also loaded anew, which nobody waits for. */
  | { readonly kind: 'refreshAhead'; readonly fraction: number }
  /** For this long past its ttl an entry is still served while it is loaded anew. */
  | { readonly kind: 'staleWhileRevalidate'; readonly windowMs: number }
  /** Reads go to Postgres. */
  | { readonly kind: 'none' }

/** A copy in the process, dropped by push. */
export type NearPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly max: number; readonly ttlMs: number }

export interface CachingPolicy {
  /** Milliseconds an entry is served; `auto` is learned from the changes that are seen. */
  readonly ttl: number | 'auto'
  readonly consistency: ConsistencyClass
  readonly read: ReadMode
  readonly near: NearPolicy
  /** Milliseconds for which "no such row" is believed. */
  readonly negativeTtl: number
  /** Fields whose equality narrows an invalidation; `auto`: those of uniques, foreign keys and indexes. */
  readonly narrowBy: 'auto' | readonly string[]
  /** `read`: a list or count that names its columns is left alone by updates that set none of them. */
  readonly columns: 'all' | 'read'
  /** Other models whose writes change what this one reads: a view's, for example. */
  readonly dependsOn: readonly string[]
  /** What a write does while Redis is down. */
  readonly onCacheDown: 'bypass' | 'reject'
}

export interface NonePolicy extends PolicyOf<'none'> {}
export interface WriteThroughPolicy extends PolicyOf<'writeThrough'>, CachingPolicy {}
export interface WriteAroundPolicy extends PolicyOf<'writeAround'>, CachingPolicy {}
export interface InvalidatePolicy extends PolicyOf<'invalidate'>, CachingPolicy {}
export interface WriteBehindPolicy extends PolicyOf<'writeBehind'>, CachingPolicy {
  readonly consistency: Exclude<ConsistencyClass, 'strong'>
  /** Milliseconds from the first accepted write of a window to its flush. */
  readonly flushEvery: number
  /** Rows sealed into one batch at most. */
  readonly maxBatch: number
  readonly durability: Durability
  readonly onCacheDown: 'reject'
  /** Rows with a change that is not applied, of the whole model, from which on `onFull` decides. */
  readonly maxPending: number
  readonly onFull: 'block' | 'writeThrough' | 'reject'
  readonly creates: 'accept' | 'writeThrough'
  /** `delta`: added to what Postgres has; `absolute`: the sum that the caller was answered replaces it. */
  readonly increments: 'delta' | 'absolute'
}

export type ModelPolicy = NonePolicy | WriteThroughPolicy | WriteBehindPolicy | WriteAroundPolicy | InvalidatePolicy

export type ScalarType =
  | 'String'
  | 'Boolean'
  | 'Int'
  | 'BigInt'
  | 'Float'
  | 'Decimal'
  | 'DateTime'
  | 'Json'
  | 'Bytes'
  | 'Enum'
  | 'Unsupported'

/** Who makes the value when a create leaves the field out. */
export type DefaultMaker =
  | {
      readonly by: 'client'
      readonly fn: 'uuid' | 'cuid' | 'ulid' | 'nanoid' | 'now'
      readonly args: readonly (string | number)[]
    }
  | { readonly by: 'literal'; readonly value: unknown }
  | { readonly by: 'database' }

export interface ScalarField {
  readonly name: string
  /** Column name in the database (`@map`). */
  readonly dbName: string
  readonly type: ScalarType
  /** Set for enums: the enum's Prisma name. */
  readonly enumName?: string
  readonly list: boolean
  readonly nullable: boolean
  readonly updatedAt: boolean
  /** Absent: the field has no default. */
  readonly default?: DefaultMaker
  /** Native type as Prisma gives it, for example `["Decimal", ["10", "2"]]`. */
  readonly nativeType?: readonly [string, readonly string[]]
}

export type ReferentialAction = 'Cascade' | 'Restrict' | 'NoAction' | 'SetNull' | 'SetDefault'

export interface RelationField {
  readonly name: string
  /** The other model. */
  readonly model: string
  readonly relationName: string
  readonly list: boolean
  readonly nullable: boolean
  /** Foreign key columns on this model (field names); empty on the side that holds none. */
  readonly from: readonly string[]
  /** Fields of the other model that `from` references. */
  readonly to: readonly string[]
  /** Only on the side that holds the foreign key; Prisma's defaults filled in. */
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
}

export interface UniqueKey {
  /** The name under which the key stands in a `where`: the field, or `a_b`, or its given name. */
  readonly name: string
  readonly fields: readonly string[]
}

export interface ModelFacts {
  readonly name: string
  readonly dbName: string
  /** Postgres schema of a multi-schema datasource (`@@schema`). */
  readonly dbSchema?: string
  readonly fields: readonly ScalarField[]
  readonly relations: readonly RelationField[]
  /** Absent for a view or a model that has only unique keys. */
  readonly primaryKey?: UniqueKey
  /** Unique keys other than the primary one. */
  readonly uniques: readonly UniqueKey[]
  /** Fields of each `@@index`, in its order; not part of the model's shape. */
  readonly indexes: readonly (readonly string[])[]
  readonly isView: boolean
  /** Changes whenever a field, type, key or column of the model does. 12 hex digits. */
  readonly shapeHash: string
}

/** What the annotations of a model's fields say. */
export interface FieldPolicies {
  /** Incremented by the extension in the same UPDATE; orders puts. */
  readonly version?: string
  /** Never leave Postgres. */
  readonly omit: readonly string[]
  /** Part of every identity; a read that does not pin all of them is not cached. */
  readonly scope: readonly string[]
}

export interface ModelEntry {
  readonly policy: ModelPolicy
  /** Absent: no field is annotated. */
  readonly fieldPolicies?: FieldPolicies
  readonly facts: ModelFacts
}

export interface EnumFacts {
  /** Prisma name of each value to its name in the database. */
  readonly values: Readonly<Record<string, string>>
  readonly dbName: string
}

/** Keyed by model name, as in the Prisma schema. */
export interface PolicySet {
  readonly formatVersion: 1
  readonly models: Readonly<Record<string, ModelEntry>>
  readonly enums: Readonly<Record<string, EnumFacts>>
}
