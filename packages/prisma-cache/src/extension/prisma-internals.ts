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

/** `relationMode = "prisma"` in the schema that the client was generated from. Where that cannot be seen, so it may be. */
export function emulatesRelations(client: object): boolean {
  const schema = (client as { _engineConfig?: { inlineSchema?: unknown } })._engineConfig?.inlineSchema
  return typeof schema !== 'string' || /^\s*relationMode\s*=\s*"prisma"/m.test(schema)
}

/** The client that the extension was applied to. Called on an extended one, its methods keep every extension of that. */
export interface BaseClient {
  $transaction(...args: unknown[]): Promise<unknown>
  $disconnect(): Promise<void>
}

/** The operations of one model on a client that is known only at run time. */
export function delegateOf(client: object, model: string): { findUnique(args: unknown): Promise<unknown> } {
  return (client as Record<string, { findUnique(args: unknown): Promise<unknown> }>)[delegateName(model)]!
}

/** Takes the place of one operation of a model on this client object. What is made of the client later is Prisma's own. */
export function replaceOperation(
  client: object,
  model: string,
  operation: string,
  replacement: (own: OwnOperation) => (args: unknown) => unknown,
): void {
  const delegate = (client as Record<string, Record<string, unknown> | undefined>)[delegateName(model)]
  const own = delegate?.[operation]
  if (typeof own === 'function') delegate![operation] = replacement(own as OwnOperation)
}

/** An operation as Prisma made it. */
export type OwnOperation = (args: unknown) => PrismaPromise

/** Begins when somebody waits for it. Of a single row it has a method for each relation, for the fluent form. */
export interface PrismaPromise extends Promise<unknown> {
  requestTransaction(transaction: unknown): Promise<unknown>
  readonly spec: unknown
}

interface Extensions {
  isEmpty(): boolean
  getAllModelExtensions(model: string): Record<string, unknown> | undefined
  getAllQueryCallbacks(model: string, operation: string): readonly unknown[]
  getAllComputedFields(model: string): object | undefined
}

interface Internals {
  readonly _extensions?: Extensions
  readonly _errorFormat?: string
  readonly _tracingHelper?: { isEnabled(): boolean }
  _request?(params: object): Promise<unknown>
}

/** Has any extension of this client something of its own to do when the operation is called? Also when nobody knows. */
export function isExtended(client: object, model: string, operation: string): boolean {
  const extensions = (client as Internals)._extensions
  if (typeof extensions?.isEmpty !== 'function') return true
  if (extensions.isEmpty()) return false
  const name = delegateName(model)
  return (
    Object.hasOwn(extensions.getAllModelExtensions(model) ?? {}, operation) ||
    extensions.getAllQueryCallbacks(name, operation).length > 0
  )
}

/** Does any extension of this client add fields to the rows of this model? */
export function hasComputedFields(client: object, model: string): boolean {
  return (client as Internals)._extensions?.getAllComputedFields?.(delegateName(model)) !== undefined
}

/** Is every operation to be told to a tracer? */
export function isTraced(client: object): boolean {
  return (client as Internals)._tracingHelper?.isEnabled() !== false
}

/** Where an operation was called, for the errors that tell so. */
export interface CallSite {
  getLocation(): { fileName: string; lineNumber: number; columnNumber: number } | null
}

/**
 * The request of an operation as Prisma's own method makes it, with the place of a call that was made earlier.
 *
 * @returns undefined where this Prisma makes its requests otherwise
 */
export function requestOf(
  client: object,
  model: string,
  operation: string,
): ((args: unknown, callsite: CallSite) => Promise<unknown>) | undefined {
  const internals = client as Internals
  if (typeof internals._request !== 'function') return undefined
  const jsModelName = delegateName(model)
  const about = { action: operation, model, jsModelName, clientMethod: `${jsModelName}.${operation}` }
  return (args, callsite) => internals._request!({ ...about, args, callsite, dataPath: [], transaction: undefined })
}

/** @param above the function that the caller called: what stands above it is not his */
export function callSiteOf(client: object, above: (...args: never[]) => unknown): CallSite {
  if ((client as Internals)._errorFormat === 'minimal') return NOWHERE
  const place = {} as { readonly stack: string }
  Error.captureStackTrace(place, above)
  return { getLocation: () => locationIn(place.stack) }
}

export const NOWHERE: CallSite = { getLocation: () => null }

function locationIn(stack: string): ReturnType<CallSite['getLocation']> {
  for (const line of stack.split('\n')) {
    const found = /^\s*at (?:.*\()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/.exec(line)
    if (!found || /^(?:node:|internal\/)/.test(found[1]!) || found[1] === '<anonymous>') continue
    return { fileName: found[1]!, lineNumber: Number(found[2]), columnNumber: Number(found[3]) }
  }
  return null
}

function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
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
