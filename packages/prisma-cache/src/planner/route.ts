/** Who may answer what the cache does not, and what a session's own write changes about it. */
export type Route =
  /** Always the primary. */
  | { readonly kind: 'primary' }
  /** The primary, once the session has written one of the models. */
  | { readonly kind: 'primaryAfterWrite' }
  /** The same, for so long after its last write of them. */
  | { readonly kind: 'sticky'; readonly windowMs: number }
  /** A replica that has replayed what it must have; else the primary. */
  | { readonly kind: 'versionAware' }
  /** Past the cache and to the primary, once the session has written one of the models. */
  | { readonly kind: 'bypassAfterWrite' }
  /** What the session has pending is not waited for: `$cache.status` tells of it. */
  | { readonly kind: 'showPending' }
  /** As `consistency: 'strong'`. */
  | { readonly kind: 'strong' }
  /** Writes are answered when every replica that is up has replayed them, or after so long. */
  | { readonly kind: 'applyWait'; readonly withinMs: number }

export type RouteText =
  | 'primary'
  | 'primaryAfterWrite'
  | `sticky(${string})`
  | 'versionAware'
  | 'bypassAfterWrite'
  | 'showPending'
  | 'strong'
  | `applyWait(${string})`

export const ROUTE_HINT =
  'it can be `primary`, `primaryAfterWrite`, `sticky(5s)`, `versionAware`, `bypassAfterWrite`, `showPending`, `strong` or `applyWait(1s)`'

const PLAIN = new Set([
  'primary',
  'primaryAfterWrite',
  'versionAware',
  'bypassAfterWrite',
  'showPending',
  'strong',
] as const)
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Undefined: the text is none. */
export function parseRoute(text: unknown): Route | undefined {
  if (typeof text !== 'string') return undefined
  if ((PLAIN as ReadonlySet<string>).has(text)) return { kind: text as 'primary' }
  const [, kind, count, unit] = /^(sticky|applyWait)\((\d{1,9})(ms|s|m|h)\)$/.exec(text) ?? []
  const ms = Number(count) * (UNITS[unit ?? ''] ?? 0)
  if (!(ms > 0)) return undefined
  return kind === 'sticky' ? { kind, windowMs: ms } : { kind: 'applyWait', withinMs: ms }
}

/** By model, and one for all others. */
export interface Routes {
  of(model: string): Route
  /** How long a write that reaches these models waits for the replicas; 0: not at all. */
  applyWaitOf(models: Iterable<string>): number
}

export function createRoutes(all: Route, byModel: ReadonlyMap<string, Route>): Routes {
  const of = (model: string) => byModel.get(model) ?? all
  return {
    of,
    applyWaitOf: (models) =>
      Math.max(0, ...[...models].map(of).map((route) => (route.kind === 'applyWait' ? route.withinMs : 0))),
  }
}
