/** What the harness performs, as plain data: a log of it can be printed, shortened and performed again. */
export type Args = Record<string, unknown>

/** One of the 17 operations of a model. */
export interface Call {
  readonly kind: 'call'
  readonly model: string
  readonly operation: string
  readonly args: Args
}

export interface Raw {
  readonly kind: 'raw'
  /** Those without `Unsafe` are given a template. */
  readonly method: '$executeRawUnsafe' | '$queryRawUnsafe' | '$executeRaw' | '$queryRaw'
  readonly sql: string
  readonly values: readonly unknown[]
  /** Performed inside `$cache.writes` with these models. */
  readonly declared?: readonly string[]
}

/** A nested transaction. */
export interface Savepoint {
  readonly kind: 'savepoint'
  readonly steps: readonly Step[]
  readonly rollback: boolean
}

/** A call by the root client of some client while the transaction is open: a read, or a write before its first statement. */
export interface Outside {
  readonly kind: 'outside'
  readonly client: number
  readonly call: Call
}

/** Reads that are sent at the same moment, over one transaction. */
export interface Beside {
  readonly kind: 'beside'
  readonly calls: readonly Call[]
}

export type Step = Call | Raw | Savepoint | Outside | Beside

export type Isolation = 'ReadCommitted' | 'RepeatableRead' | 'Serializable'

/** Carried: the causal session whose token goes from client to client. Own: the client's own. */
export type SessionKind = 'carried' | 'own'

interface By {
  readonly client: number
  readonly session: SessionKind
}

/** What one client does; the same on both sides, and compared answer by answer. */
export type Stepwise =
  | ({ readonly kind: 'single'; readonly step: Call | Raw } & By)
  /** Reads that are sent at the same moment. */
  | ({ readonly kind: 'together'; readonly calls: readonly Call[] } & By)
  /** `$transaction([…])` */
  | ({ readonly kind: 'array'; readonly steps: readonly (Call | Raw)[]; readonly isolation?: Isolation } & By)
  | ({
      readonly kind: 'interactive'
      readonly steps: readonly Step[]
      readonly rollback: boolean
      readonly isolation?: Isolation
    } & By)

export type Racing = Extract<Stepwise, { kind: 'single' | 'interactive' }>

export type Operation =
  | Stepwise
  /** All at the same moment. What they answer depends on who is first; whether they succeed, and what is left, does not. */
  | { readonly kind: 'race'; readonly members: readonly Racing[]; readonly slowMs: number }
  /** Of `client`, Redis cannot be reached while the members, all in the carried session, follow each other. */
  | {
      readonly kind: 'outage'
      readonly client: number
      readonly members: readonly Extract<Stepwise, { kind: 'single' }>[]
    }
  /** Redis remembers what it holds of the cache … */
  | { readonly kind: 'keep' }
  /** … and comes back with that, as a server that has missed everything since. */
  | { readonly kind: 'forget' }
  /** Redis loses versions and entries, as the salt decides. */
  | { readonly kind: 'evict'; readonly salt: number }
  /** Everything is flushed; the databases, every entry in Redis and answers to recent questions are compared. */
  | { readonly kind: 'rest' }

/** Stands for `prisma.<model>.fields.<field>`, which only a client can make. */
export class FieldReference {
  constructor(
    readonly model: string,
    readonly field: string,
  ) {}
}

const READS = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

export const isRead = (call: Call): boolean => READS.has(call.operation)

export function assertNever(value: never): never {
  throw new TypeError(`not handled: ${JSON.stringify(value)}`)
}
