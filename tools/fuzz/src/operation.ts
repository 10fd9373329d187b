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
  readonly method: '$executeRawUnsafe' | '$queryRawUnsafe'
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

/** A read by the root client of some client while the transaction is open. */
export interface Outside {
  readonly kind: 'outside'
  readonly client: number
  readonly call: Call
}

export type Step = Call | Raw | Savepoint | Outside

/** Carried: the causal session whose token goes from client to client. Own: the client's own. */
export type SessionKind = 'carried' | 'own'

interface By {
  readonly client: number
  readonly session: SessionKind
}

export type Operation =
  | ({ readonly kind: 'single'; readonly step: Call | Raw } & By)
  /** Reads that are sent at the same moment. */
  | ({ readonly kind: 'together'; readonly calls: readonly Call[] } & By)
  /** `$transaction([…])` */
  | ({ readonly kind: 'array'; readonly steps: readonly (Call | Raw)[] } & By)
  | ({ readonly kind: 'interactive'; readonly steps: readonly Step[]; readonly rollback: boolean } & By)
  /** Everything is flushed, the databases are compared, and recent questions are asked again of every client. */
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
