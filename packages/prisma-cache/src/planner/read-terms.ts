import type { CachingPolicy, ConsistencyClass } from '@prisma-cache/policy-dsl'
import type { Learned } from '../protocol/entry.js'
import type { CallOverride } from './call-override.js'
import { type Evidence, type Interval, ttlFor } from './learned-ttl.js'

/** For how long one read believes an entry. Every reader judges by its own terms, whoever stored the entry. */
export interface ReadTerms {
  /** Of `auto`, what was learned of the very entry decides. */
  readonly ttlMs: number
  readonly learns: Learns | undefined
  /** As `ttlMs`, of "no such row", where that is less. */
  readonly negativeTtlMs: number
  /** Past this part of its ttl an entry is served and also loaded anew. */
  readonly earlyPart: number
  /** For this long past its ttl an entry is still served, and loaded anew. */
  readonly windowMs: number
  /** Milliseconds that Redis keeps what the read fills: as long as anybody may want to serve it. Past a learned ttl. */
  readonly lifeMs: number
  /** Must the lookup ask for the age of the entry? Else its life alone tells that it is fresh. */
  readonly asksAge: boolean
}

/** Where the ttl of a question is learned. */
export interface Learns {
  /** What is to be expected of an entry that nothing was learned of yet. */
  expecting(): Evidence
  observed(interval: Interval): void
  ofModel(): Evidence
}

/** For so long past a learned ttl an entry is kept, to be compared with what is loaded next. */
const KEPT_TO_COMPARE_MS = 600_000
/** A value that changes too fast to be cached is looked at so often. */
const LOOK_EVERY_MS = 1000

type Timing = Pick<CachingPolicy, 'ttl' | 'read'>

/** Milliseconds that Redis keeps what is put under the policy. */
export function lifeOf({ ttl, read }: Timing): number {
  const windowMs = read.kind === 'staleWhileRevalidate' ? read.windowMs : 0
  return ttl === 'auto' ? Math.max(windowMs, KEPT_TO_COMPARE_MS) : ttl + windowMs
}

/**
 * A strong read is served nothing past its ttl: that is the bound for what the extension does not see. "No such row" is
 * believed for its time and not longer, in every mode.
 */
export function planTerms(
  policy: Timing & Pick<CachingPolicy, 'negativeTtl'>,
  consistency: ConsistencyClass,
  override: Exclude<CallOverride, { readonly off: true }> | undefined,
  learns?: Learns,
): ReadTerms {
  const read = override?.read ?? policy.read
  const ttl = override?.ttlMs ?? policy.ttl
  return {
    // Whoever neither learns nor was told a ttl believes no entry.
    ttlMs: ttl === 'auto' ? 0 : ttl,
    learns: ttl === 'auto' ? learns : undefined,
    negativeTtlMs: policy.negativeTtl,
    earlyPart: read.kind === 'refreshAhead' ? read.fraction : 1,
    windowMs: read.kind === 'staleWhileRevalidate' && consistency !== 'strong' ? read.windowMs : 0,
    lifeMs: Math.max(lifeOf(policy), lifeOf({ ttl, read })),
    asksAge: override?.ttlMs !== undefined || ttl === 'auto' || read.kind !== 'readThrough',
  }
}

/**
 * `early` and `stale` are served and loaded anew; `unknown`: the age must be asked for; `unsettled`: it changes too fast
 * to be cached, and was looked at a moment ago.
 */
export type Freshness = 'fresh' | 'early' | 'stale' | 'expired' | 'unknown' | 'unsettled'

export interface Aged {
  readonly lifeMs: number
  readonly ageMs: number | undefined
  readonly learned: Learned | undefined
  /** Is it "no such row"? */
  readonly none: boolean
}

export function freshness(terms: ReadTerms, { lifeMs, ageMs, learned, none }: Aged): Freshness {
  const full = terms.learns ? (learned?.ttlMs ?? ttlFor(terms.learns.expecting())) : terms.ttlMs
  const ttlMs = none ? Math.min(terms.negativeTtlMs, full) : full
  const earlyMs = none ? ttlMs : ttlMs * terms.earlyPart
  if (ageMs === undefined) return lifeMs <= earlyMs ? 'fresh' : 'unknown'
  if (terms.learns && full === 0 && ageMs < LOOK_EVERY_MS) return 'unsettled'
  if (ageMs < earlyMs) return 'fresh'
  if (ageMs < ttlMs) return 'early'
  return !none && full > 0 && ageMs < ttlMs + terms.windowMs ? 'stale' : 'expired'
}
