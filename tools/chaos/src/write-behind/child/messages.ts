import type { Past } from '../model/operations.js'

/** What the parent and its children say to each other. Everything is JSON; a BigInt is `{ $bigint: '12' }`. */
export type ToChild =
  | { readonly type: 'open'; readonly settings: ChildSettings }
  | { readonly type: 'arm'; readonly trap: Trap }
  | { readonly type: 'disarm' }
  | {
      readonly type: 'call'
      readonly call: number
      readonly model: string
      readonly operation: string
      readonly args: unknown
      readonly way?: Past
    }
  | {
      readonly type: 'cache'
      readonly call: number
      readonly method: 'flush' | 'pending' | 'status'
      readonly args: readonly unknown[]
    }
  | { readonly type: 'close' }

export interface ChildSettings {
  readonly role: 'acceptor' | 'worker'
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly namespace: string
  readonly leaseMs: number
  readonly sweepEveryMs: number
  readonly takeoverMs: number
  /** See `Plan`. */
  readonly slowPastMs: number
  /** A worker's road to Postgres: a Prisma client, or the driver that the command uses. */
  readonly prisma: boolean
  /** How it writes: by SQL, or by calls of Prisma. */
  readonly road: 'sql' | 'prisma'
  /** The append-only file, where its confirmed length is to be noted in `confirmedFile`. */
  readonly aof?: { readonly folder: string; readonly confirmedFile: string }
}

/** What happens to whom when the child comes to a point for the nth time. */
export interface Trap {
  readonly point: string
  readonly nth: number
  /** `cut`: the process lives on, and what it was is dead; see `actor.ts`. */
  readonly action: 'kill' | 'cut' | 'stop' | 'kill-other'
  /** Of the server that `kill-other` ends. */
  readonly pid?: number
  readonly signal?: 'SIGKILL' | 'SIGQUIT'
}

export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'opened' }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'sprung'; readonly point: string }
  | { readonly type: 'done'; readonly call: number; readonly reply: Reply }
  | { readonly type: 'told'; readonly what: 'rejected' | 'error' | 'lost'; readonly text: string }

export type Reply =
  | { readonly ok: true; readonly value: unknown; readonly sequence?: number; readonly direct?: string }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly reached: boolean }

export function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(encode)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]))
}

export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (value === null || typeof value !== 'object') return value
  if ('$bigint' in value) return BigInt(value.$bigint as string)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
}
