import type { Events, Explanation, Stats } from 'prisma-cache'
import { type Args, FieldReference } from '../operation.js'
import { delegateName } from '../schema/models.js'

/** A client whose models are known only at run time. */
export interface DynamicClient {
  $transaction(work: unknown, options?: object): Promise<unknown>
  $disconnect(): Promise<void>
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>
  $executeRaw(strings: readonly string[], ...values: unknown[]): PromiseLike<unknown>
  $queryRaw(strings: readonly string[], ...values: unknown[]): PromiseLike<unknown>
  $extends(extension: unknown): DynamicClient
}

export interface CachedClient extends DynamicClient {
  readonly $cache: {
    session: (<R>(fn: (session: { token(): string }) => R) => R) & {
      resume<R>(token: string, fn: (session: { token(): string }) => R): R
    }
    flush(model?: string): Promise<void>
    invalidate(model: string): Promise<void>
    writes<R>(models: readonly string[], fn: () => R): R
    explain(model: string, operation: string, args: unknown): Promise<Explanation>
    stats(): Stats
    on<N extends keyof Events>(event: N, listener: (event: Events[N]) => void): () => void
  }
}

type Delegate = Record<string, (args: unknown) => PromiseLike<unknown>> & { readonly fields: Args }

export function delegateOf(client: DynamicClient, model: string): Delegate {
  return (client as unknown as Record<string, Delegate>)[delegateName(model)]!
}

/** Starts nothing: a Prisma promise begins when somebody waits for it. */
export function callOn(client: DynamicClient, model: string, operation: string, args: Args): PromiseLike<unknown> {
  const { cache, ...plain } = args
  // What a call asks of the cache is nothing that Prisma knows.
  const known = cache !== undefined && '$cache' in client ? args : plain
  return delegateOf(client, model)[operation]!(copyFor(client, known))
}

/** A copy that the client may keep or change, with what only a client can make. */
export function copyFor(client: DynamicClient, value: unknown): unknown {
  if (value instanceof FieldReference) return delegateOf(client, value.model).fields[value.field]
  if (value instanceof Date) return new Date(value)
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return value.map((item) => copyFor(client, item))
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyFor(client, item)]))
}
