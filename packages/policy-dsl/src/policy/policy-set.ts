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

interface Caching {
  /** Milliseconds an entry is served. */
  readonly ttl: number
  readonly consistency: ConsistencyClass
}

export interface NonePolicy extends PolicyOf<'none'> {}
export interface WriteThroughPolicy extends PolicyOf<'writeThrough'>, Caching {}
export interface WriteAroundPolicy extends PolicyOf<'writeAround'>, Caching {}
export interface InvalidatePolicy extends PolicyOf<'invalidate'>, Caching {}
export interface WriteBehindPolicy extends PolicyOf<'writeBehind'>, Caching {
  readonly consistency: Exclude<ConsistencyClass, 'strong'>
  /** Milliseconds from the first accepted write of a window to its flush. */
  readonly flushEvery: number
  /** Rows sealed into one batch at most. */
  readonly maxBatch: number
  readonly durability: Durability
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
  readonly isView: boolean
  /** Changes whenever a field, type, key or column of the model does. 12 hex digits. */
  readonly shapeHash: string
}

export interface ModelEntry {
  readonly policy: ModelPolicy
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
