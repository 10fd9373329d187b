/**
 * Everything that the package knows of Prisma Client 7's private face, and nothing outside this file does. Pinned by
 * `test/integration/prisma-internals.test.ts`: a Prisma that changes any of it fails there first.
 */
import type { ClientOmit } from '../planner/projection.js'

/** How an operation stands to transactions. */
export type TransactionOfOperation =
  | { readonly kind: 'none' }
  /** One statement of `$transaction([…])`: its promise ends when all are committed, or rolled back because of another. */
  | { readonly kind: 'batch' }
  /** Inside `$transaction(async (tx) => …)`, also when `tx` was handed to other functions. */
  | { readonly kind: 'interactive'; readonly id: string }

export function transactionOf(params: unknown): TransactionOfOperation {
  const transaction = (params as { __internalParams?: { transaction?: { kind?: string; id?: unknown } } })
    .__internalParams?.transaction
  if (transaction === undefined) return { kind: 'none' }
  return transaction.kind === 'itx' ? { kind: 'interactive', id: String(transaction.id) } : { kind: 'batch' }
}

/** What Prisma hands to a query extension. */
export interface QueryHook {
  readonly model?: string
  readonly operation: string
  readonly args: unknown
  query(args: unknown, params?: object): Promise<unknown>
}

/**
 * Asks the database with these arguments. Prisma notes them in the operation's parameters, by which it adds other
 * extensions' computed fields afterwards; a copy takes the note, so that the caller's own arguments decide there.
 */
export function queryOf(hook: QueryHook): (args: unknown) => Promise<unknown> {
  const { __internalParams: params } = hook as { __internalParams?: object }
  return (args) => hook.query(args, { ...params })
}

const SCOPE = Symbol.for('prisma.client.transaction.scope_context')

/** The id of the interactive transaction that a client belongs to; a nested one has the id of its outermost. */
export function transactionIdOf(client: object): string | undefined {
  const scope = (client as Record<symbol, { txId?: unknown } | undefined>)[SCOPE]
  return typeof scope?.txId === 'string' ? scope.txId : undefined
}

/** Names of the models that the client was generated with; undefined when this is not a Prisma client. */
export function modelNamesOf(client: object): readonly string[] | undefined {
  const models = (client as { _runtimeDataModel?: { models?: Record<string, unknown> } })._runtimeDataModel?.models
  return models && Object.keys(models)
}

/** `omit` as given to `new PrismaClient`, by model. */
export function clientOmitOf(client: object): Readonly<Record<string, ClientOmit>> {
  return (client as { _globalOmit?: Record<string, ClientOmit> })._globalOmit ?? {}
}

/** The client that the extension was applied to. Called on an extended one, its methods keep every extension of that. */
export interface BaseClient {
  $transaction(...args: unknown[]): Promise<unknown>
  $disconnect(): Promise<void>
}

/** The operations of one model on a client that is known only at run time. */
export function delegateOf(client: object, model: string): { findUnique(args: unknown): Promise<unknown> } {
  return (client as Record<string, { findUnique(args: unknown): Promise<unknown> }>)[
    model.charAt(0).toLowerCase() + model.slice(1)
  ]!
}

/** One operation of one model, as a lazy promise that a transaction takes. */
export function callOf(client: object, model: string, operation: string, args: unknown): PromiseLike<unknown> {
  const delegate = delegateOf(client, model) as unknown as Record<string, (args: unknown) => PromiseLike<unknown>>
  return delegate[operation]!(args)
}

/** A client like this one, over another connection: the same class, and the same `omit`. */
export function clientLike(client: object, adapter: object): object {
  const { constructor: PrismaClient } = (client as { _originalClient: object })._originalClient as {
    constructor: new (options: object) => object
  }
  const omit = (client as { _globalOmit?: object })._globalOmit
  return new PrismaClient({ adapter, ...(omit ? { omit } : {}) })
}
