import type { CachingPolicy, ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { CallOverride } from './call-override.js'

/** For how long one read believes an entry. Every reader judges by its own terms, whoever stored the entry. */
export interface ReadTerms {
  readonly ttlMs: number
  /** As `ttlMs`, of "no such row". */
  readonly negativeTtlMs: number
  /** Past this age an entry is served and also loaded anew. */
  readonly earlyMs: number
  /** For this long past its ttl an entry is still served, and loaded anew. */
  readonly windowMs: number
  /** Milliseconds that Redis keeps what the read fills: as long as anybody may want to serve it. */
  readonly lifeMs: number
  /** Must the lookup ask for the age of the entry? Else its life alone tells that it is fresh. */
  readonly asksAge: boolean
}

/** Of what nobody has observed yet. */
const BEFORE_LEARNING_MS = 60_000

type Timing = Pick<CachingPolicy, 'ttl' | 'read'>

/** Milliseconds that Redis keeps what is put under the policy. */
export function lifeOf({ ttl, read }: Timing): number {
  return ttlOf({ ttl }) + (read.kind === 'staleWhileRevalidate' ? read.windowMs : 0)
}

function ttlOf({ ttl }: Pick<CachingPolicy, 'ttl'>): number {
  return ttl === 'auto' ? BEFORE_LEARNING_MS : ttl
}

/**
 * A strong read is served nothing past its ttl: that is the bound for what the extension does not see. "No such row" is
 * believed for its time and not longer, in every mode.
 */
export function planTerms(
  policy: Timing & Pick<CachingPolicy, 'negativeTtl'>,
  consistency: ConsistencyClass,
  override: Exclude<CallOverride, { readonly off: true }> | undefined,
): ReadTerms {
  const read = override?.read ?? policy.read
  const ttlMs = override?.ttlMs ?? ttlOf(policy)
  return {
    ttlMs,
    negativeTtlMs: Math.min(policy.negativeTtl, ttlMs),
    earlyMs: read.kind === 'refreshAhead' ? ttlMs * read.fraction : ttlMs,
    windowMs: read.kind === 'staleWhileRevalidate' && consistency !== 'strong' ? read.windowMs : 0,
    lifeMs: Math.max(lifeOf(policy), lifeOf({ ttl: ttlMs, read })),
    asksAge: override?.ttlMs !== undefined || read.kind === 'refreshAhead' || read.kind === 'staleWhileRevalidate',
  }
}

/** `early` and `stale` are served and loaded anew; `unknown`: the age must be asked for. */
export type Freshness = 'fresh' | 'early' | 'stale' | 'expired' | 'unknown'

export interface Aged {
  readonly lifeMs: number
  readonly ageMs: number | undefined
  /** Is it "no such row"? */
  readonly none: boolean
}

export function freshness(terms: ReadTerms, { lifeMs, ageMs, none }: Aged): Freshness {
  const ttlMs = none ? terms.negativeTtlMs : terms.ttlMs
  const earlyMs = none ? ttlMs : terms.earlyMs
  if (ageMs === undefined) return lifeMs <= earlyMs ? 'fresh' : 'unknown'
  if (ageMs < earlyMs) return 'fresh'
  if (ageMs < ttlMs) return 'early'
  return !none && ageMs < ttlMs + terms.windowMs ? 'stale' : 'expired'
}
