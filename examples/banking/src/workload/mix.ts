import type { Call, CallKind } from '../bank/call.js'
import { type HotSpot, pickOtherCustomer } from './hot-spot.js'
import type { Prng } from './prng.js'

/**
 * Calls in 100. Six in ten are SmallBank's transactions, Balance the most frequent as in the paper's read-heavy mix;
 * the rest is customer service, so that master data, lists and single records are read too.
 */
export const MIX: Readonly<Record<CallKind, number>> = {
  balance: 24,
  'deposit-checking': 8,
  'transact-savings': 8,
  amalgamate: 4,
  'write-check': 8,
  'send-payment': 8,
  profile: 16,
  'move-house': 2,
  statement: 5,
  activity: 5,
  transfer: 6,
  record: 6,
}

const CITIES = ['Bergen', 'Coimbra', 'Debrecen', 'Galway', 'Ghent', 'Kaunas', 'Lugano', 'Porto', 'Tartu', 'Trieste']

export function pickKind(prng: Prng, mix: Readonly<Record<CallKind, number>> = MIX): CallKind {
  const entries = Object.entries(mix) as [CallKind, number][]
  let left = prng.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [kind, weight] of entries) {
    left -= weight
    if (left < 0) return kind
  }
  return entries[0]![0]
}

/** Ids of what somebody asks about at present. */
export interface Cases {
  readonly transfers: readonly number[]
  readonly records: readonly number[]
}

/** The next call of a customer. Amounts are small against the balances, so that few of them are refused. */
export function pickCall(customerId: number, spot: HotSpot, cases: Cases, prng: Prng): Call {
  const kind = pickKind(prng)
  const amount = 100 + prng.below(9_901)
  switch (kind) {
    case 'balance':
    case 'profile':
    case 'statement':
    case 'activity':
      return { kind, customerId }
    case 'deposit-checking':
    case 'write-check':
      return { kind, customerId, amount }
    case 'transact-savings':
      return { kind, customerId, amount: prng.next() < 0.5 ? amount : -amount }
    case 'amalgamate':
      return { kind, customerId, to: pickOtherCustomer(spot, customerId, prng) }
    case 'send-payment':
      return { kind, customerId, to: pickOtherCustomer(spot, customerId, prng), amount }
    case 'move-house':
      return { kind, customerId, city: CITIES[prng.below(CITIES.length)]! }
    case 'transfer':
      return { kind, customerId, id: pickId(cases.transfers, prng) }
    case 'record':
      return { kind, customerId, id: pickId(cases.records, prng) }
  }
}

/** Before anything was written there is nothing to find under 0 either, and that is an answer. */
const pickId = (ids: readonly number[], prng: Prng): string => String(ids[prng.below(ids.length)] ?? 0)
