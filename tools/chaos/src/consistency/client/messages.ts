import type { Op } from '../history/op.js'

/** What a client process is told at its start, as JSON in CHAOS_CLIENT. */
export interface ClientSettings {
  readonly databaseUrl: string
  /** Servers that follow the primary. */
  readonly replicaUrls: readonly string[]
  readonly redisUrl: string
  readonly namespace: string
  readonly seed: number
  /** Which of the processes this one is, and which one in its place. */
  readonly slot: number
  readonly slots: number
  readonly incarnation: number
  /** `process.hrtime.bigint()` at the start of the run: the clock is one for all processes of a machine. */
  readonly origin: string
  readonly generationMs: number
  readonly actors: number
  readonly models: readonly string[]
  readonly leaseMs: number
  readonly commandTimeoutMs: number
  /** Where a process that is about to be killed leaves what it has not sent yet. */
  readonly lastWords: string
}

/** Between the steps of a write. `anywhere`: at whatever moment a timer fires. */
export const POINTS = ['planned', 'fenced', 'stated', 'committed', 'published', 'anywhere'] as const
export type Point = (typeof POINTS)[number]

/** A session that goes on in another process. */
export interface Handoff {
  readonly token: string
  readonly session: string
  readonly order: number
  readonly model: string
  readonly generation: number
  /** The row that it is about, where it has written one just now: what is asked for next, elsewhere. */
  readonly focus?: Focus
}

export interface Focus {
  readonly bucket: number
  readonly slot: number
}

/** What comes to a point waits there for up to so long: most a little, or all alike (`even`). */
export interface Hold {
  readonly upToMs: number
  readonly probability: number
  readonly even?: boolean
  /** So many at once in each process; the others pass, or nobody would be left to see what it does. */
  readonly atMost?: number
}

export type ToClient =
  | { readonly kind: 'kill'; readonly point: Point }
  /** Holds what comes to the point for up to so long, until further notice. `loaded`: between a load and its fill. */
  | ({ readonly kind: 'hold'; readonly point: Point | 'loaded' } & Hold)
  | { readonly kind: 'session'; readonly handoff: Handoff }
  /** No caller begins anything for so long. */
  | { readonly kind: 'rest'; readonly ms: number }
  | { readonly kind: 'stop' }

export type FromClient =
  | { readonly kind: 'ready' }
  /** All that this process has done in a generation. It will do no more in that one. */
  | { readonly kind: 'done'; readonly generation: number; readonly ops: readonly Op[]; readonly calls: Counts }
  | { readonly kind: 'pass'; readonly to: number; readonly handoff: Handoff }
  /** A read that failed, or an error that should not have reached a caller. */
  | { readonly kind: 'broken'; readonly what: string }
  | { readonly kind: 'stopped'; readonly counts: Counts }

/** Numbers of a process, by name. */
export type Counts = Readonly<Record<string, number>>

export interface LastWords {
  readonly point: Point
  readonly ops: readonly Op[]
  /** Calls, by class. */
  readonly calls: Counts
  readonly counts: Counts
}
