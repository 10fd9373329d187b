import type { FastifyPluginCallback } from 'fastify'
import type { BankClient } from './bank-client.js'

/** What both runs have: a client, and a way to act as the bearer of a causal token. */
export interface Database {
  readonly client: BankClient
  /**
   * Runs `work` so that it sees everything that the bearer of `token` has written or read; answers with the token to
   * hand on. Without a cache there is nothing to be behind on, and no token.
   */
  causally<T>(token: string | undefined, work: () => Promise<T>): Promise<Causal<T>>
  /** Makes each request a causal session of its client; absent on the plain client. */
  readonly http?: FastifyPluginCallback
  /** Absent on the plain client. */
  readonly cache?: CacheControl
  close(): Promise<void>
}

export interface Causal<T> {
  readonly result: T
  readonly token?: string
}

/** Of one read. `primary`: past the cache, where there are replicas with the reason why none of them was asked. */
export type Source = 'near' | 'redis' | 'pending' | 'replica' | 'primary' | `primary (${string})`

/** The part of `$cache` that the demo drives. */
export interface CacheControl {
  /** Resolves once everything accepted before the call is in Postgres. */
  flush(): Promise<void>
  /** Rows accepted and not yet applied, by model. */
  pending(): Promise<Record<string, number>>
  /** Everything that was counted, in the text format of Prometheus. */
  metrics(): Promise<string>
  /** Reads answered by the cache, by model, since the client was made; those of `observe` apart. */
  hits(): Record<string, number>
  /** Tells who answered what `work` reads, and counts nothing that runs beside it. */
  observe<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly source: Source }>
  /** Where a session row stands. */
  status(sessionId: string): Promise<'clean' | 'pending' | 'rejected'>
}
